"""Columns of digits that are no numbers, told by their name in many languages: nobody adds such cells up. Pure.

A name that is taken for an identifier's by mistake costs nothing: its cells stay the text that they are.
"""

from __future__ import annotations

from importer.check.names import name_words


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS = _set_of(
    # numbers of things and people
    "id ids uid uuid guid no nr num number numero numeros nummer numer numara nro cislo szam sorszam key pin token"
    " hash code codes codice codigo codigos kod kode koodi kodi ref reference referencia referenz riferimento serial"
    " serie sn matricula matricola matricule matrikel barcode strichcode streckkod badge"
    # places and telephones
    " zip zipcode postcode postal plz postleitzahl cap cep cp npa psc pincode postnr postnummer postnumero postikoodi"
    " irsz iranyitoszam phone phones tel tels telephone telefon telefono telefones telefone telefoon puhelin mobile"
    " mobil mobiltelefon movil celular cellulare cell cellphone handy natel gsm komorka fax telefax whatsapp"
    " sms msisdn"
    # banks, taxes, the state
    " iban bic swift blz bankleitzahl agencia"
    " vat ust ustid mwst uid iva tva btw moms tax taxid steuer ein tin itin ssn sin nin nino nif cif dni nie nipc"
    " cpf cnpj rg rut ruc rfc curp pesel nip regon krs ico dic rodne rc siren siret inn kpp snils ogrn bsn kvk cvr"
    " cpr cnp oib jmbg ahv avs passport pass reisepass ausweis passeport pasaporte passaporto licence license"
    " kennzeichen plate vin"
    # goods, devices, versions
    " isbn issn ean upc gtin asin sku mpn imei imsi iccid"
    " mac ip version versions ver rev revision release build"
    # days as eight digits
    " dob birthday birthdate birth geburtsdatum geburtstag geboren naissance nacimiento nascita nascimento date datum"
    " fecha data day tag fodselsdato syntymaaika"
)

_THINGS = _set_of(
    "customer kunde kunden client cliente clientes klient member mitglied membre miembro socio user usuario usager"
    " employee mitarbeiter personal empleado invoice rechnung facture factura fattura ticket case order bestellung"
    " pedido commande ordine room zimmer gate flight account accounts acct konto conto cuenta conta compte rekening"
    " artikel article articulo articolo product produkt part item"
)
"""A column of numbers that is called after a thing holds the things' numbers, unless it says what it counts."""

_AMOUNTS = _set_of(
    "amount total sum price cost costs count qty quantity balance value rate percent share score points weight volume"
    " betrag summe preis kosten anzahl menge saldo wert umsatz anteil punkte gewicht importe precio coste cantidad"
    " valor prix montant quantite solde valeur cout prezzo importo quantita costo valore preco quantidade"
    " custo"
)

_ENDINGS = (
    "nummer", "nummern", "nr", "number", "numero", "numer", "numara", "nro", "num", "szam", "cislo", "code", "kode",
    "codes", "kod", "id", "kennung", "kennzeichen", "schluessel", "schlussel", "konto", "telefon", "telefono",
    "phone", "fax", "mobil", "handy", "plz", "zip", "barcode", "ean", "gtin", "sku", "iban", "version", "custno",
    "orderno", "phoneno", "accountno", "invoiceno", "itemno", "memberno", "partno", "serialno", "ticketno", "refno",
    "datum",
)  # fmt: skip
"""Of compound words: Kundennummer, Mitgliedsnr, userid."""

_NO_ENDINGS = _set_of("paid unpaid prepaid overpaid bid valid invalid grid kid humid solid liquid covid")

_BEGINNINGS = (
    "codice",
    "codigo",
    "numero",
    "numer",
    "telefon",
    "idclient",
    "idkund",
    "idcustomer",
    "iduser",
    "idprod",
)

_SIGNS = (
    "телефон", "мобильн", "номер", "код", "индекс", "инн", "кпп", "снилс", "огрн", "счет", "счёт", "артикул", "штрих",
    "паспорт", "факс", "версия", "рожд", "дата", "индекс", "τηλ", "κωδικ", "αριθμ", "αφμ", "هاتف", "رقم", "رمز",
    "טלפון", "מספר", "מיקוד", "电话", "電話", "手机", "手機", "邮编", "郵便", "郵遞", "우편",
    "전화", "휴대", "번호", "番号", "编号", "編號", "号码", "號碼", "代码", "代碼", "コード", "身份证", "身分證",
    "帐号", "口座", "生年月日", "生日", "โทร", "รหัส",
)  # fmt: skip
"""Where words are not always told apart by spaces, they may stand anywhere in one."""


def is_identifier_name(name: str) -> bool:
    """Whether cells of a column of this name are codes, telephone numbers, days … rather than amounts."""
    words = name_words(name)
    if any(_is_identifier_word(word) for word in words):
        return True
    return not _THINGS.isdisjoint(words) and _AMOUNTS.isdisjoint(words)


def _is_identifier_word(word: str) -> bool:
    if word in _WORDS or word.startswith(_BEGINNINGS):
        return True
    if word.endswith(_ENDINGS) and word not in _NO_ENDINGS:
        return True
    return not word.isascii() and any(sign in word for sign in _SIGNS)
