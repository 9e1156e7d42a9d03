"""Zips and the XML in them, whole outside and wrong inside: parts, cells and fields of the directory."""

from __future__ import annotations

import io
import os
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable

from mutants.by_bytes import ODD, mutant

ELEMENT = re.compile(rb"<([A-Za-z:]+)((?:\s[^<>]*)?)>([^<>]*)</\1>|<([A-Za-z:]+)((?:\s[^<>]*)?)/>")
ATTRIBUTE = re.compile(rb'([A-Za-z:]+)="([^"]*)"')
ODD_ATTRIBUTES = [
    *(b"", b"0", b"-1", b"1", b"2", b"99999", b"4294967296", b"9" * 400, b"1e9", b"x", b"A0", b"A1", b"XFD1048576"),
    *(b"XFE1", b"ZZZZ9999999", b"A1:XFD1048576", b"1A", b"s", b"b", b"d", b"e", b"str", b"inlineStr", b"n", b"true"),
    *(b"rId99", b"../../../etc/passwd", b"/xl/workbook.xml", b"http://127.0.0.1/x", b"&amp;", b"&#0;", b"&#xD800;"),
    *(b"float", b"percentage", b"date", b"time", b"PT999999999H", b"9999-99-99", b"0000-00-00T00:00:00", b"NaN"),
]
PROLOGS = [
    b'<?xml version="1.0" encoding="UTF-16"?>',
    b'<?xml version="1.0" encoding="no-such"?>',
    b'<?xml version="1.1"?>',
    b'<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    b"<?xml-stylesheet href='x'?>",
    b"\xef\xbb\xbf",
    b"<!-- -- -->",
]


def xml_mutant(chance: random.Random, data: bytes) -> bytes:
    """XML with an element gone, many times over, renamed, in itself, or with an attribute or text of no use."""
    for _ in range(chance.choice((1, 1, 2))):
        found = list(ELEMENT.finditer(data)) if len(data) < 200_000 else []
        values = list(ATTRIBUTE.finditer(data)) if len(data) < 200_000 else []
        choice = chance.random()
        if values and choice < 0.4:
            at = chance.choice(values)
            odd = chance.choice(ODD_ATTRIBUTES)
            data = (
                data[: at.start(2)] + odd + data[at.end(2) :]
                if chance.random() < 0.8
                else data[: at.start()] + data[at.end() :]
            )
        elif found and choice < 0.85:
            at = chance.choice(found)
            element = at.group()
            odd = chance.choice([*ODD_ATTRIBUTES, *(odd for odd in ODD if b"<" not in odd)])
            name = at.group(1) or at.group(4)
            changed = chance.choice(
                (
                    b"",
                    element * 2,
                    element * 2000,
                    element.replace(name, name + b"x"),
                    b"<" + name + b">" + element + b"</" + name + b">",
                    (b"<" + name + b">") * 3000 + element + (b"</" + name + b">") * 3000,
                    *[b"<" + name + at.group(2) + b">" + odd + b"</" + name + b">" if at.group(1) else element] * 4,
                )
            )
            data = data[: at.start()] + changed + data[at.end() :]
        elif choice < 0.92:
            data = chance.choice(PROLOGS) + (data.split(b"?>", 1)[-1] if chance.random() < 0.7 else data)
        else:
            return mutant(chance, data)
    return data.decode("utf-8", "replace").encode("utf-16") if chance.random() < 0.02 else data


def zip_of(parts: list[tuple[str, bytes]], chance: random.Random | None = None) -> bytes:
    """A zip of these parts; with `chance`, one whose directory says something odd of one of them."""
    out = io.BytesIO()
    odd = chance.randrange(len(parts)) if chance is not None and parts else -1
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name may be twice there
        for at, (name, content) in enumerate(parts):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if at == odd and chance is not None:
                _make_odd(chance, info)
            archive.writestr(info, content)
        if chance is not None and chance.random() < 0.1:
            archive.comment = bytes(chance.randrange(60_000))
    return out.getvalue()


def _make_odd(chance: random.Random, info: zipfile.ZipInfo) -> None:
    """A name, kind or packing that no program of ours writes."""
    name = info.filename
    names = (
        f"../{name}",
        f"/{name}",
        f"{name}/",
        name.upper(),
        f"a/{name}",
        "",
        ".",
        "x" * 60_000,
        "\0",
        "é" * 300,
        f"__MACOSX/{name}",
        f".{name}",
        f"{name}\\x",
        "con.csv",
    )
    kinds = (0o120777, 0o010644, 0o020644, 0o040755, 0o140644, 0o060644, 0)
    packing = (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    match chance.randrange(3):
        case 0:
            info.filename = chance.choice(names)
        case 1:
            info.external_attr = chance.choice(kinds) << 16
        case _:
            info.compress_type = chance.choice(packing)


def zip_mutant(chance: random.Random, data: bytes, inside: Callable[[random.Random, bytes], bytes] = mutant) -> bytes:
    """A zip that is damaged as a file, in a field of its directory, by its parts' list, or in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    at = chance.randrange(len(parts))
    name, content = parts[at]
    before, after = parts[:at], parts[at + 1 :]
    choice = chance.random()
    if choice < 0.5:
        return zip_of([*before, (name, inside(chance, content)), *after])
    if choice < 0.6:
        return zip_of(parts, chance)
    if choice < 0.75:
        others = [("more.csv", content), (f"{name}.zip", data), ("a.txt", b""), ("b.bin", os.urandom(8) * 99)]
        lists = (
            [*before, *after],
            [*parts, parts[at]],
            [*before, (name, b""), *after],
            [*parts, chance.choice(others)],
            [(f"{number}/{name}", content) for number in range(chance.choice((20, 300)))],
            [*before, (name, chance.choice(parts)[1]), *after],
            [],
        )
        return zip_of(chance.choice(lists))
    if choice < 0.9:
        return _directory_mutant(chance, data)
    return mutant(chance, data)


def _directory_mutant(chance: random.Random, data: bytes) -> bytes:
    """One field of a local header, the directory or its end in another value: size, CRC, flag, offset, method."""
    signs = [at.start() for at in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", data)]
    if not signs:
        return mutant(chance, data)
    start = chance.choice(signs) + 4 + 2 * chance.randrange(14)
    value = chance.choice((0, 1, 9, 12, 93, 99, 0xFFFF, 0x7FFF, 0x0800, 0x0009))
    return data[:start] + struct.pack("<H", value) + data[start + 2 :]
