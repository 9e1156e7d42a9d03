from __future__ import annotations

import pytest

from importer.clean import RepairMojibake


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("JosÃ©", "José"),
        ("MÃ¼ller â€“ SÃ¶hne", "Müller – Söhne"),
        ("São Paulo", "São Paulo"),
        ("Müller “quoted” ﬁne", "Müller “quoted” ﬁne"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_wrongly_decoded_letters_are_mended_and_sound_text_is_left(frame_of, before, after):
    assert RepairMojibake(("a",)).apply(frame_of(a=[before]))["a"].tolist() == [after]


def test_a_column_of_ascii_alone_is_shared_not_copied(frame_of):
    frame = frame_of(a=["x", "y"])
    assert RepairMojibake().apply(frame) is frame
