"""Words that stand in a header or below one: what columns are called in many languages, what a row of types, of
requirements or of examples says, and names that count on (2021, 2022, …). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

_NAMES = """
name names email emails mail phone phones tel mobile address addresses street city zip postcode postal country
company date id ids first last surname firstname lastname forename given family middle full notes note comment
comments score state region province county title status type url website gender sex birthday birth dob age
source number no nr code key customer client contact person people user employee member account order invoice
product item article price amount total sum quantity qty value currency category group tag tags department
role position position job language locale created updated modified start end time timestamp year month day
description text label subject response answer question rating salutation suffix prefix fax cell home work
office town line line1 line2 organization organisation vorname nachname familienname zuname anrede titel
telefon handy mobil strasse hausnummer ort stadt plz postleitzahl land firma datum geburtsdatum geburtstag
alter geschlecht kunde kundennummer kundennr nummer bemerkung notiz betrag preis menge artikel bestellung
rechnung konto wert summe anzahl sprache abteilung quelle herkunft kategorie gruppe stand adresse nom noms
prenom prenoms ville pays rue courriel telephone portable societe entreprise naissance sexe numero client
commande facture montant prix quantite valeur langue categorie groupe remarque statut codepostal civilite
correo correos nombre nombres apellido apellidos ciudad pais calle telefono movil empresa fecha edad sexo
cliente direccion provincia importe precio cantidad codigo postal valor idioma estado nota notas nome cognome
citta paese via cellulare azienda data nascita eta sesso indirizzo importo prezzo quantita codice cap
sobrenome cidade endereco celular telefone idade rua pedido naam voornaam achternaam straat plaats woonplaats
postcode bedrijf geboortedatum leeftijd geslacht klant klantnummer telefoon bedrag prijs aantal opmerking
straatnaam huisnummer namn fornamn efternamn gata ort stad alder kon kund kundnummer foretag fodelsedatum
belopp pris antal epost navn fornavn etternavn gade vej gate by poststed postnummer alder kjonn kunde firma
belop belob nimi etunimi sukunimi katu kaupunki puhelin sahkoposti ika asiakas asiakasnumero yritys maa imie
nazwisko ulica miasto kraj wiek plec klient kod firma data kwota cena ilosc telefon numer jmeno prijmeni ulice
mesto zeme vek pohlavi zakaznik firma datum castka cena psc telefon cislo nev vezeteknev keresztnev utca varos
orszag kor ugyfel ceg datum osszeg ar telefon szam имя фамилия отчество город улица страна возраст пол телефон
почта дата клиент номер компания адрес сумма цена όνομα επώνυμο πόλη οδός χώρα ηλικία τηλέφωνο ημερομηνία ad
isim soyad soyadi sehir adres ulke yas cinsiyet telefon eposta tarih musteri
名前 氏名 姓 名 住所 電話 電話番号 メール 年齢 性別 会社 日付 番号 郵便番号 都市 国
姓名 名字 电话 电子邮件 邮箱 地址 城市 年龄 性别 公司 日期 编号 国家 이름 전화 주소 나이 도시 회사
"""

_TYPES = """
string str text varchar nvarchar char nchar clob character varying int int2 int4 int8 int16 int32 int64
integer bigint smallint tinyint serial bigserial number numeric num decimal dec float float32 float64 double
precision real money bool boolean bit date datetime timestamp timestamptz time interval uuid guid json jsonb
blob bytea binary bytes object array list enum category factor chr dbl lgl datetime64 ns email phone url
unsigned long short currency percent picklist lookup zeichenkette ganzzahl zahl datum texte entier nombre
chaine texto entero numero fecha tekst liczba getal s n b
"""

_DEMANDS = """
required optional mandatory unique nullable null not key primary foreign pk fk auto autoincrement indexed
index readonly pflicht pflichtfeld pflichtangabe freiwillig erforderlich eindeutig obligatoire facultatif
requis unique optionnel obligatorio opcional requerido obbligatorio facoltativo verplicht optioneel wymagane
opcjonalne povinne yes-required must conditional recommended hidden visible editable
"""

_UNITS = """
eur usd gbp chf jpy sek nok dkk pln czk euro euros dollar dollars cm mm m km kg g mg lb lbs oz years year yrs
yr jahre jahr ans months month days day hours hour min minutes seconds sec s ms % percent pct pcs pieces stk
stueck count units unit celsius fahrenheit kwh mwh kw mb gb kb ml l sqm m2 m3 ha mph kmh iso e164 utc yyyy mm
dd
"""

_EXAMPLE = re.compile(
    r"(?i)\W*(?:e\.? ?g\.?|eg:|ex[.:]|i\.e\.|for example|examples?:?|such as|sample|z\. ?b\.|bsp\.?|beispiel\w*:?"
    r"|p\. ?ej\.|par ex\w*\.?|ejemplo:?|exemple:?|exemplo:?|esempio:?|bijv\.?|voorbeeld:?|np\.|max\.? \d"
    r"|maximum|min\.? \d|up to \d|format:?|your |enter |please |dein|ihre? )(?!\w)"
    r"|[dmy]{1,4}([-/.])[dmy]{1,4}\1[dmy]{1,4}\b"
)
"""How cells begin that show or say what is to be filled in."""

_NOTHING = re.compile(
    r"(?i)\b(?:no(?= \w)|none|not|nil|null|unknown|anonymous|missing|without|tb[acd]|pending|various|several|private"
    r"|guest|walk-?in|see|ask|test\w*|dummy|default|admin\w*|n/?a|kein\w*|ohne|unbekannt|sans|aucun\w*|inconnu\w*|sin"
    r"|senza|geen|onbekend|desconocid\w+)\b"
)
"""Cells of a contact of whom something is not known, and of contacts made up to try something."""

_COMPOUND = re.compile(
    r".{3,}(?:nummer|number|name|datum|adresse|address|nr|code|mail|straat|strasse|stadt|_id|_at|_no)"
)
_CODE = re.compile(r"([^\W\d_]{1,10})[ _.-]?(\d{1,4}(?:[_.]\d{1,3}|[a-z])?)")
_LETTER = re.compile(r"[A-Z]{1,2}")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ł", "l").replace("ø", "o"))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def _set_of(words: str) -> frozenset[str]:
    return frozenset(_plain(words).split())


COLUMN_WORDS, TYPE_WORDS, DEMAND_WORDS, UNIT_WORDS = map(_set_of, (_NAMES, _TYPES, _DEMANDS, _UNITS))


def words_of(text: str) -> list[str]:
    """The words of a name, folded: `firstName` and `First-Name` are first, name; digits are left out."""
    return [word for word in re.split(r"[\W_\d]+", _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))) if word]


@lru_cache(maxsize=4096)
def names_a_column(cell: str) -> bool:
    """Whether most words of a cell are such that columns are called by."""
    words = words_of(cell)
    known = sum(word in COLUMN_WORDS or bool(_COMPOUND.fullmatch(word)) for word in words)
    return 0 < len(words) <= 2 * known


def says_nothing(cell: str) -> bool:
    """Whether a cell says that something is not known, or tries something out (`none`, `test`)."""
    return bool(_NOTHING.search(cell))


def is_example(cell: str) -> bool:
    """Whether a cell says what is to be filled in (`e.g. 1234`, `YYYY-MM-DD`)."""
    return bool(_EXAMPLE.match(cell.strip()))


def describes(cell: str) -> bool:
    """Whether a cell says of what type a column is, or that it must be filled: VARCHAR(80), `required`, `(text)`."""
    words = words_of(re.sub(r"\([\d,\smax]+\)", " ", cell))
    return bool(words) and all(word in TYPE_WORDS or word in DEMAND_WORDS for word in words)


def is_unit(cell: str) -> bool:
    """Whether a cell is a unit (`EUR`, `years`, `%`)."""
    words = words_of(cell)
    return cell.strip() == "%" or (bool(words) and all(word in UNIT_WORDS for word in words))


def are_codes(cells: Sequence[str]) -> bool:
    """Whether cells are numbers of columns with one sign before them (`Q1`, `Q2`, `Q3_1`), or letters as a
    spreadsheet has them (`A`, `B`, `C`)."""
    found = [_CODE.fullmatch(cell.strip()) for cell in cells]
    if len(cells) >= 2 and all(found):
        return len({one[1] for one in found if one}) == 1 and len({one[2] for one in found if one}) == len(cells)
    letters = [cell.strip() for cell in cells]
    if len(cells) < 3 or not all(map(_LETTER.fullmatch, letters)):
        return False
    places = [sum((ord(sign) - 64) * 26**at for at, sign in enumerate(reversed(cell))) for cell in letters]
    return _steps(places) == {1}


def names_in_series(cells: Sequence[str]) -> frozenset[int]:
    """Places of cells that count on from one to the next by one step: years, months, days, 1, 2, 3; two for a step
    of one, else three."""
    out: set[int] = set()
    start = 0
    while start < len(cells):
        end = start + 1
        while end < len(cells) and _is_step(cells, start, end):
            end += 1
        step = _step(cells[start], cells[start + 1]) if end - start > 1 else None
        if end - start >= (2 if step in _SMALL_STEPS else 3):
            out.update(range(start, end))
        start = max(end - 1, start + 1) if end - start > 1 else end
    return frozenset(out)


Step = tuple[str, int]

_SMALL_STEPS = {(kind, sign) for kind in ("number", "month", "month_end") for sign in (1, -1)} | {
    (kind, size) for kind in ("day", "us_day") for size in (1, 7, -1, -7)
}


def _is_step(cells: Sequence[str], start: int, end: int) -> bool:
    step = _step(cells[end - 1], cells[end])
    return step is not None and step == _step(cells[start], cells[start + 1])


@lru_cache(maxsize=4096)
def _step(before: str, after: str) -> Step | None:
    """How one name goes on to the next; None where both are not of one kind."""
    mine, others = _places_of(before), _places_of(after)
    for kind in ("number", "month", "month_end", "day", "us_day"):
        if kind in mine and kind in others and mine[kind] != others[kind]:
            return kind, others[kind] - mine[kind]
    return None


@lru_cache(maxsize=4096)
def _places_of(cell: str) -> dict[str, int]:
    """Where a number, month or day stands among its like."""
    text = cell.strip()
    if re.fullmatch(r"[0-9]{1,6}", text):
        return {"number": int(text)} if text == str(int(text)) or len(text) <= 2 else {}
    if len(text) > len("2024-12-31"):
        return {}
    groups = [int(group) for group in re.findall(r"[0-9]+", text)]
    if re.fullmatch(r"[0-9]{4}[-/.][0-9]{1,2}", text):
        year, other = groups
        return {"month": year * 12 + other} if 1 <= other <= 12 else {"number": year}
    if re.fullmatch(r"[0-9]{1,2}[-/.][0-9]{4}", text):
        return {"month": groups[1] * 12 + groups[0]}
    if re.fullmatch(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}", text):
        return _day_places(groups)
    return {}


def _day_places(groups: Sequence[int]) -> dict[str, int]:
    """A day may be written in two orders; the first of a month is a month, too."""
    first, second, third = groups
    orders = {
        "day": (first, second, third) if first > 31 else (third, second, first),
        "us_day": (third, first, second),
    }
    places: dict[str, int] = {}
    for kind, (year, month, day) in orders.items():
        try:
            found = date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            continue
        places[kind] = found.toordinal()
        if (found + timedelta(days=1)).day == 1:
            places.setdefault("month_end", found.year * 12 + found.month)
        if found.day == 1:
            places.setdefault("month", found.year * 12 + found.month)
    return places


def _steps(places: Sequence[int]) -> set[int]:
    return {after - before for before, after in pairwise(places)}
