"""Names of identifiers in many languages: their digits are no amounts, whatever the first list shows."""

from __future__ import annotations

import pytest

from importer.check.identifiers import is_identifier_name


@pytest.mark.parametrize(
    "name",
    [
        *("card", "routing", "lot", "extension", "apt", "KvK", "NIT", "c\u00e9dula", "Identifica\u00e7\u00e3o"),
        *("Personalausweis", "Aktenzeichen", "posta kodu", "تلفن", "تلفون", "मोबाइल", "मोबाइल नंबर", "Số điện thoại"),
        *("Mã số thuế", "nomor telepon", "numri", "број", "poštanski broj", "matični broj", "šifra", "kennitala"),
        *(
            "isikukood",
            "personas kods",
            "asmens kodas",
            "Führerschein",
            "Vertragsnummer",
            "Contract no",
            "パスポート番号",
        ),
        *("携帯", "税号", "護照", "여권", "주민", "เบอร์โทร", "ταυτότητα", "ΑΦΜ", "ת.ז.", "дело", "договор", "ЄДРПОУ"),
    ],
)
def test_names_of_numbers_of_people_and_things_are_identifiers(name: str) -> None:
    assert is_identifier_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("visits", "score", "age", "price", "Unit price", "rating", "Umsatz", "Anzahl", "Größe", "card balance"),
        *(
            "quantité",
            "cantidad",
            "возраст",
            "сумма",
            "количество",
            "стоимость",
            "数量",
            "金額",
            "나이",
            "العمر",
            "आयु",
        ),
        *("số lượng", "employees", "policy count", "points"),
    ],
)
def test_control_names_of_amounts_are_not(name: str) -> None:
    assert not is_identifier_name(name)
