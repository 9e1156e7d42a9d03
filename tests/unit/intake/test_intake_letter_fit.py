"""Which encoding the words of short lists tell: right, or asked; hardly ever wrong without a question."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from corpus.rules import BY_NAME, without
from corpus.tongues import NAMES

from importer.intake.detect import close_readings
from importer.intake.letter_fit import examples_of, rank_readings, rivals_of, stands_well

PAGES = {
    "german": ("cp1252", "cp850", "mac-roman"),
    "french": ("cp1252", "cp850", "mac-roman"),
    "nordic": ("cp1252", "cp850", "mac-roman"),
    "polish": ("cp1250", "iso8859-2", "cp852"),
    "czech": ("cp1250", "iso8859-2", "cp852"),
    "hungarian": ("cp1250", "cp852"),
    "russian": ("cp1251", "koi8-r", "cp866"),
    "japanese": ("cp932", "euc_jp"),
    "chinese": ("gb18030",),
    "taiwanese": ("big5",),
    "korean": ("cp949",),
}


def outcomes(rows: int) -> Counter[str]:
    """Of five lists of each language and page: right or wrong, asked or not."""
    found: Counter[str] = Counter()
    for tongue, pages in PAGES.items():
        first, last, cities = (words.split(",") if "," in words else words.split(" ") for words in NAMES[tongue])
        for page in pages:
            for seed in range(5):
                random = Random(f"{tongue}/{page}/{rows}/{seed}")
                people = [
                    f"{random.choice(first)} {random.choice(last)},{random.choice(cities)}" for _ in range(rows)
                ]
                text = "\n".join(one for one in people if not one.isascii())
                readings = rank_readings(text.encode(page)) if text else []
                if readings:
                    asked = "asked" if rivals_of(readings) else "sure"
                    found[f"{'right' if readings[0].text == text else 'wrong'}, {asked}"] += 1
    return found


@pytest.mark.parametrize(("rows", "most_asked"), [(1, 0.2), (3, 0.1), (12, 0.02)])
def test_a_short_list_is_read_right_or_asked_about(rows: int, most_asked: float) -> None:
    found = outcomes(rows)
    assert found["wrong, sure"] <= 0.02 * found.total(), found
    assert found["right, asked"] <= most_asked * found.total(), found
    assert found["right, sure"] >= 0.75 * found.total(), found


def test_romanian_is_read_with_the_cedillas_of_its_page() -> None:
    text = "Ştefan Ionescu\nMihăiţă Pop\nIonuţ Rădulescu"
    best, *others = rank_readings(text.encode("cp1250"))
    assert best.text == text
    assert not rivals_of([best, *others])


def test_a_word_of_two_scripts_is_never_the_likeliest() -> None:
    for text in ("Petr Čapek", "Zoë", "François", "Jiří"):
        for page in ("cp1250", "cp1252", "iso8859-15"):
            raw = text.encode(page, "ignore")
            if not raw.isascii():
                best = rank_readings(raw)[0].text
                assert all(sign.isascii() or "\u00a0" <= sign <= "\u024f" or not sign.isalpha() for sign in best), (
                    best
                )


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Nº 5 Bakery", "cp1252"),
        ("Rua Nova n.º12", "iso8859-1"),
        ("Nº", "cp1252"),
        ("Planta 1º\nPlanta 2º\nPlanta 3º", "cp1252"),
        ("Mayor 3ºB", "cp1252"),
        ("3ª Planta", "cp1252"),
        ("§ 5 Law", "cp1252"),
        ("£5 Shop\n£7 Shop", "cp1252"),
        ("Row 1°\nRow 2°\nRow 3°", "cp1252"),
        ("50 m²", "cp1252"),
        ("№ 12", "cp1251"),
    ],
)
def test_a_sign_that_stands_with_a_number_is_no_letter_of_another_page(text: str, page: str) -> None:
    best, *others = rank_readings(text.encode(page))
    assert best.text == text
    assert not rivals_of([best, *others])


@pytest.mark.parametrize("text", ["Muş", "Iaşi 5", "Baş 5", "Aş", "Ana Ş.\nIaşi"])
def test_a_letter_near_a_number_stays_a_letter(text: str) -> None:
    assert rank_readings(text.encode("cp1250"))[0].text == text


@pytest.mark.parametrize(("text", "is_asked"), [("Mª Carmen", True), ("Dª Luisa", False)])
def test_a_shortened_word_is_likeliest_and_asked_about_where_another_is_near(text: str, is_asked: bool) -> None:
    """`M™ Carmen` of an old Mac is a sign behind a word; `Dª` is an article of no other page."""
    readings = rank_readings(text.encode("cp1252"))
    assert readings[0].text == text
    assert bool(rivals_of(readings)) == is_asked


UNLIKE_ANY_OTHER = {
    "an old Mac's í within names": ("García,Agustín,Logroño", "mac-roman"),
    "DOS letters where Windows has signs": ("Gjërgji,Vlorë,Korçë", "cp850"),
    "Serbian": ("Ђорђевић,Љубичић,Врање", "cp1251"),
    "Macedonian": ("Ѓорѓи,Трајковски,Куманово,Штип,Петрески", "cp1251"),
    "Belarusian": ("Мацвееў,Магілёў", "cp1251"),
    "Persian": ("گلپايگان,چهار,پروين,ژاله", "cp1256"),
    "Vietnamese": ("Nguyê\u0303n,Đăng,Trâ\u0300n,Huê\u0301", "cp1258"),
    "Catalan": ("Òscar,Núria,Mercè,Penedès", "cp1252"),
    "Hungarian": ("Győri,Fűrész,Szűcs", "cp1250"),
}


@pytest.mark.parametrize(("text", "page"), UNLIKE_ANY_OTHER.values(), ids=UNLIKE_ANY_OTHER)
def test_a_few_names_are_read_in_their_own_encoding(text: str, page: str) -> None:
    assert rank_readings(text.encode(page))[0].text == text


@pytest.mark.parametrize("text", ["O’Brien", "dell’Orto", "D’ANGELO", "l’hôtel", "Anna’s", "Солов’йов", "Jack’ll"])
def test_an_apostrophe_stands_well_in_a_name(text: str) -> None:
    before, _, after = text.partition("’")
    assert stands_well("’", before, after)


@pytest.mark.parametrize("text", ["Garc’a", "Holgu’n", "Mart’nez", "Almer’a", "Rodr’guez", "GARC’A"])
def test_an_old_mac_s_letter_is_no_apostrophe(text: str) -> None:
    """The control."""
    before, _, after = text.partition("’")
    assert not stands_well("’", before, after)


def test_a_space_that_does_not_break_is_no_letter_of_dos() -> None:
    assert rank_readings("Ann\u00a0Lee,Bob\u00a0Miller".encode("cp1252"))[0].text == "Ann\u00a0Lee,Bob\u00a0Miller"


@pytest.mark.parametrize("text", ["wait…", "100 €", "it’s “fine”", "ok – call"])
def test_a_list_with_signs_of_windows_alone_is_not_asked_about(text: str) -> None:
    assert close_readings(text.encode("cp1252")) == ()


def test_without_the_rule_of_signs_alone_such_a_list_is_asked_about() -> None:
    """The control: `…` is à in DOS."""
    with without(BY_NAME["detect.only_signs"]):
        assert close_readings("wait…".encode("cp1252"))


def test_where_most_words_hold_signs_that_no_word_has_the_list_is_asked_about() -> None:
    """Nothing in it is a word of any encoding that is tried."""
    readings = rank_readings("x\x8f\x90y,b\x9d\x8dc,d\x81e".encode("latin-1"))
    assert rivals_of(readings)


def test_examples_are_the_words_in_which_readings_differ() -> None:
    readings = rank_readings("Ann Żółty,Łódź".encode("cp1250"))
    western = next(reading for reading in readings if reading.encoding == "cp1252")
    assert readings[0].encoding == "cp1250"
    assert examples_of((readings[0], western)) == (("Żółty", "Łódź"), ("¯ó³ty", "£ódŸ"))
