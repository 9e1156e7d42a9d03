"""Columns of digits that are no numbers, told by their name in many languages: nobody adds such cells up. Pure.

A name that is taken for an identifier's by mistake costs nothing: its cells stay the text that they are.
"""

from __future__ import annotations

import re
import unicodedata

from importer.check.names import name_words


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS = _set_of(
    # numbers of things and people
    "id ids uid uuid guid no nr num number numero numeros nummer numer numara nro cislo szam sorszam key pin"
    " token hash code codes codice codigo codigos kod kode koodi kodi ref reference referencia referenz"
    " riferimento serial serie sn matricula matricola matricule matrikel barcode strichcode streckkod badge"
    # places and telephones
    " zip zipcode postcode postal plz postleitzahl cap cep cp npa psc pincode postnr postnummer postnumero"
    " postikoodi irsz iranyitoszam phone phones tel tels telephone telefon telefono telefones telefone telefoon"
    " puhelin mobile mobil mobiltelefon movil celular cellulare cell cellphone handy natel gsm komorka fax telefax"
    " whatsapp sms msisdn"
    # banks, taxes, the state
    " iban bic swift blz bankleitzahl agencia vat ust ustid mwst iva tva btw moms tax taxid steuer ein tin itin"
    " ssn sin nin nino nif cif dni nie nipc cpf cnpj rg rut ruc rfc curp pesel nip regon krs ico dic rodne rc"
    " siren siret inn kpp snils ogrn bsn kvk cvr cpr cnp oib jmbg ahv avs passport pass reisepass ausweis"
    " passeport pasaporte passaporto licence license kennzeichen plate vin"
    # the same in more languages, by what the number is of: number, code, key
    " numri numrin brojevi broj broja stevilka stevilke numurs numura numeris numerio numeri nummerid numrid"
    " tunnus tunnusluku kood koodid kods koda kodas kodo kodai sifra sifre sifru sifriranje kodu kodlari kimlik"
    " nomor nomer cisla nombor bilangan rif viitenumero asiakasnumero jarjestysnumero numar cod coduri"
    # telephone
    " thoai dienthoai telpon telepon ponsel hape nohp telefonu telefonas telefons telefoni telefonszam mobitel"
    " mobils mobiltel mobiele mobilni mobilny gsmi kontakti ceptel farsi faks faksas fakss faksi extension ext"
    " exten durchwahl nebenstelle klappe poste anexo interno ramal extensao interne toestel dahili"
    # postcode
    " postindeks pastaindekss indekss indeks postikood buudiin posta zipkodu pk psk kodpocztowy codpostal"
    " codigopostal eircode postnumer posnr poskod kodepos parcel parcela flurstueck"
    # persons, taxes, companies
    " nit cedula cuit cuil dui cui cnic nric fin mykad ktp nik npwp cccd cmnd mst thue pan aadhaar aadhar uidai"
    " gstin gst tan epic emirates iqama civil personalausweis perso identificacion identificacao identificazione"
    " identification identifikation identiteit identitet kennitala isikukood henkilotunnus hetu personnummer"
    " fodselsnummer samordningsnummer orgnr organisasjonsnummer organisationsnummer pvm ytunnus alv kmkr regcode"
    " rodnecislo idno bulstat eik egn uic edrpou rnokpp iin bin unp emso embg amka afm ama adt mb pib rsin"
    " ondernemingsnummer rijksregisternummer niss insz nrn nir insee finess rpps vkn tckn tcno mersis sgk abn acn"
    " tfn nzbn ird sars crn utr paye ssnit bvn nhs hkid npi dea ndc upin medicare medicaid"
    " krankenversichertennummer versichertennummer versnr svnr svnummer sozialversicherung steuernr steuerid"
    # licence, passport, vehicle
    " fuehrerschein fuhrerschein rijbewijs permis permiso patente licencia licenza korkort forerkort ajokortti"
    " prawojazdy ehliyet surucu paspoort pas passi passnr putovnica paszport pasas pase utlevel pasaport pasport"
    " paspor hochieu matriculation immatriculation targa placa matriculas rekisteri registracija plaka"
    # account, card, contract, case, file
    " karte kartennummer tarjeta cartao carte kart kaart kortti karta kartya routing aba aba_rtn sortcode clabe"
    " cbu cvu ifsc bsb micr konti kontonr tilinumero tili hesap rekening szamla ucet racun cont saskaita"
    " aktenzeichen az geschaeftszeichen geschaftszeichen akte dossier expediente processo proceso processus"
    " pratica protocollo protocolo protokoll zaak zaaknummer dosar spis sprawa ugyszam vorgang vertrag vertragsnr"
    " contrato contrat contratto kontrakt umowa smlouva szerzodes sozlesme police poliza polizza apolice polis"
    " schaden schadennr siniestro sinistre sinistro"
    # goods, devices, versions
    " isbn issn ean upc gtin asin sku mpn imei imsi iccid mac ip version versions ver rev revision release build"
    # days as eight digits
    " dob birthday birthdate birth geburtsdatum geburtstag geboren naissance nacimiento nascita nascimento date"
    " datum fecha data day tag fodselsdato syntymaaika"
    # companies and persons in Cyrillic
    " иин бин бик еик егн пиб іпн окпо"
)

_THINGS = _set_of(
    "customer kunde kunden client cliente clientes klient member mitglied membre miembro socio user usuario usager"
    " employee mitarbeiter personal empleado invoice rechnung facture factura fattura ticket case order bestellung"
    " pedido commande ordine room zimmer gate flight account accounts acct konto conto cuenta conta compte rekening"
    " artikel article articulo articolo product produkt part item unit suite lot lote apt apartment card cards policy"
    " claim contract"
)
"""A column of numbers that is called after a thing holds the things' numbers, unless it says what it counts."""

_AMOUNTS = _set_of(
    "amount total sum price cost costs count qty quantity balance value rate percent share score points weight volume"
    " betrag summe preis kosten anzahl menge saldo wert umsatz anteil punkte gewicht importe precio coste cantidad"
    " valor prix montant quantite solde valeur cout prezzo importo quantita costo valore preco quantidade"
    " custo"
)

_ENDINGS = (
    "nummer", "nummern", "nr", "number", "numero", "numer", "numara", "nro", "num", "szam", "cislo", "code",
    "kode", "codes", "kod", "kood", "kods", "kodas", "sifra", "tunnus", "szam", "nomor", "id", "kennung",
    "kennzeichen", "schluessel", "schlussel", "konto", "telefon", "telefono", "phone", "fax", "mobil",
    "handy", "plz", "zip", "barcode", "ean", "gtin", "sku", "iban", "version", "custno", "orderno", "phoneno",
    "accountno", "invoiceno", "itemno", "memberno", "partno", "serialno", "ticketno", "refno", "datum",
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
    "телефон", "мобильн", "номер", "код", "индекс", "инн", "кпп", "снилс", "огрн", "счет", "счёт", "артикул",
    "штрих", "паспорт", "факс", "версия", "рожд", "дата", "индекс", "τηλ", "κωδικ", "αριθμ", "αφμ", "هاتف",
    "رقم", "رمز", "טלפון", "מספר", "מיקוד", "电话", "電話", "手机", "手機", "邮编", "郵便", "郵遞", "우편",
    "전화", "휴대", "번호", "番号", "编号", "編號", "号码", "號碼", "代码", "代碼", "コード", "身份证",
    "身分證", "帐号", "口座", "生年月日", "生日", "โทร", "รหัส",
    # Cyrillic: number, code, person and company numbers, contract, case, licence, card, account
    "број", "шифр", "бройка", "булстат", "матичн", "јмбг", "єдрпоу", "рнокпп", "поштенск", "поштанск",
    "пощенск", "поштов", "телефо", "мобил", "рахун", "рахунок", "договор", "договір", "дело", "справ",
    "полис", "поліс", "карт", "водител", "водій", "удостовер", "посвідч", "лиценз", "ліценз", "жсн",
    # Greek
    "κινητ", "φαξ", "ταχυδρομ", "τκ", "αμκα", "ταυτοτ", "διαβατ", "λογαριασμ", "συμβολ", "φακελ", "πελατ",
    "αδεια", "καρτα",
    # Arabic, Persian, Urdu
    "تلفن", "تلفون", "جوال", "موبايل", "موبایل", "محمول", "فاكس", "شماره", "کد", "كود", "کدپستی", "بريد",
    "هوية", "هویه", "ملی", "جواز", "گذرنامه", "پاسپورت", "حساب", "ضريب", "رخصة", "عقد", "ملف", "بطاقة",
    "کارت", "فون", "نمبر", "شناختی",
    # Hebrew
    "טל", "נייד", "פקס", "סלולר", "ת.ז", "תז", "זהות", "דרכון", "רישיון", "חשבון", "לקוח", "חוזה", "תיק",
    "כרטיס", "קוד", "ח.פ", "חפ",
    # Devanagari and other scripts of India
    "फ़ोन", "फोन", "दूरभाष", "मोबाइल", "मोबाईल", "संख्या", "नंबर", "क्रमांक", "पिन", "कोड", "आधार", "पैन",
    "पासपोर्ट", "खाता", "लाइसेंस", "फैक्स", "ফোন", "মোবাইল", "নম্বর", "নাম্বার", "কোড", "ফ্যাক্স", "தொலைபேசி",
    "கைபேசி", "எண்", "குறியீடு", "ఫోన్", "మొబైల్", "నంబర్", "సంఖ్య", "ಫೋನ್", "ಮೊಬೈಲ್", "ಸಂಖ್ಯೆ", "ഫോൺ",
    "നമ്പർ", "ફોન", "મોબાઇલ", "નંબર", "ਫ਼ੋਨ", "ਫੋਨ", "ਨੰਬਰ",
    # Chinese, Japanese, Korean
    "手机", "传真", "傳真", "邮政", "郵政", "护照", "護照", "证件", "證件", "证号", "證號", "账号", "賬號",
    "帳號", "卡号", "卡號", "合同", "案号", "案號", "税号", "稅號", "统一", "統一", "携帯", "ファックス",
    "ファクス", "旅券", "免許", "契約", "顧客", "会員", "マイナンバー", "カード", "案件", "팩스", "여권",
    "면허", "계좌", "고객", "계약", "주민", "사업자", "카드", "사건", "코드",
    # Thai, Lao, Khmer, Burmese; Georgian, Armenian; Amharic
    "มือถือ", "แฟกซ์", "เลขที่", "เลขบัตร", "เลขประจำ", "เบอร์", "ไปรษณีย์", "หนังสือเดินทาง", "ใบอนุญาต",
    "บัญชี", "ສະບັບ", "ໂທ", "ລະຫັດ", "ទូរស័ព្ទ", "លេខ", "ဖုန်း", "နံပါတ်", "ტელეფონ", "მობილ", "ნომერ", "კოდ",
    "ინდექს", "პირადი", "հեռախոս", "համար", "կոդ", "ስልክ", "ቁጥር",
)  # fmt: skip
"""Where words are not always told apart by spaces, they may stand anywhere in one."""


_PHRASES = tuple(
    f" {phrase} "
    for phrase in (
        "so dien thoai", "ma so", "ma so thue", "so the", "so tai khoan", "so ho chieu", "so cmnd", "so cccd",
        "so nha", "so hop dong", "ma kh", "ma khach hang", "ma buu chinh", "ma vach", "posta kodu", "vergi no",
        "tc no", "hesap no", "no hp", "no telp", "no rekening", "kode pos", "nomor telepon", "poskod",
        "kad pengenalan", "no kp", "numero de", "numero do", "numero da", "numero del", "nombor akaun",
        "personas kods", "asmens kodas", "pasta indekss", "pasto kodas", "maticni broj", "postanski broj",
        "telefonski broj", "davcna stevilka", "postna stevilka", "rodne cislo", "cislo uctu", "kod pocztowy",
        "kodi postar", "numri personal", "nr ewid", "cod postal", "cod numeric", "adoszam", "ado szam",
        "c i f", "social security", "sort code", "national insurance",
    )
)  # fmt: skip
"""Where a word alone does not tell: so is Vietnamese for number and for how many."""


def is_identifier_name(name: str) -> bool:
    """Whether cells of a column of this name are codes, telephone numbers, days … rather than amounts."""
    words = name_words(name)
    if _has_sign(name, words) or "".join(words) in _WORDS:
        return True
    spaced = f" {' '.join(words)} "
    if any(_is_identifier_word(word) for word in words) or any(phrase in spaced for phrase in _PHRASES):
        return True
    return not _THINGS.isdisjoint(words) and _AMOUNTS.isdisjoint(words)


def _is_identifier_word(word: str) -> bool:
    if word in _WORDS or word.startswith(_BEGINNINGS):
        return True
    return word.endswith(_ENDINGS) and word not in _NO_ENDINGS


def _has_sign(name: str, words: list[str]) -> bool:
    """Looked for in the name as it stands, too: vowel signs of India are no letters to a program, and part words."""
    if name.isascii():
        return False
    text = " ".join([unicodedata.normalize("NFC", name).casefold(), *words])
    return any(sign in text for sign in _SIGNS)


_TELEPHONES = re.compile(
    "tel|phon|fon|mobil|movil|handy|cell|celular|fax|faks|gsm|natel|sms|whatsapp|msisdn|puhelin|komorka|thoai|ponsel|hape"
    "|durchwahl|rufn|contact|kontakt|contatto|contacto|extension|exten|interno|ramal"
    "|телеф|мобил|факс|τηλ|κινητ|φαξ|هاتف|تلف|جوال|موبا|محمول|فاكس|فون|טל|נייד|פקס|סלולר|电话|電話|手机|手機|传真|傳真"
    "|携帯|ファ|전화|휴대|팩스|โทร|มือถือ|แฟกซ์|เบอร์|फ़ोन|फोन|दूरभाष|मोबा|फैक्स|ফোন|মোবাই|தொலைபேசி|கைபேசி|ఫోన్|మొబైల్|ಫೋನ್|ಮೊಬೈಲ್"
    "|ഫോൺ|ફોન|મોબાઇલ|ਫੋਨ|ტელეფონ|მობილ|հեռախոս|ስልክ"
)


def is_other_number_name(name: str) -> bool:
    """Whether cells of a column of this name are numbers of something else than a telephone."""
    spaced = " ".join([unicodedata.normalize("NFC", name).casefold(), *name_words(name)])
    return is_identifier_name(name) and _TELEPHONES.search(spaced) is None
