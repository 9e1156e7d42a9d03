"""JSON and YAML that can be parsed and say something else: of another type, out of range, too many, too deep."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from mutants.by_bytes import mutant

VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**12, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 0.5, -0.0, 1e308, 5e-324),
    *("", " ", "\0", "\u200b", "\u202e", "x" * 100_000, "é" * 5000, "1", "-1", "1e999", "１２", "٣", "NaN", "1_000"),
    *(
        "email",
        "EMAIL",
        "name",
        "no such column",
        "../../etc/passwd",
        "/etc/passwd",
        "a\nb",
        "a,b;c|d\te",
        "=1+1",
        "\\",
    ),
    *(
        "2024-02-30",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "2025-03-01T10:00:00",
        "nan",
        "utf-16",
        "hex",
    ),
    *("(", "(a+)+$", "(?P<a>.)(?P=a)", r"\9", r"\g<9>", "x{1,999999}", "[a-", "(?i:a)|(?<=b)", "(" * 900 + ")" * 900),
    *([], [None], [[]], {}, {"": ""}, {"kind": "trim"}, [1, "a", None, {}], [["a"]], [[1, 2, 3]], {"version": 2}),
]
"""In the place of a value of JSON or YAML: of another type, out of range, too long, empty, of no use."""

RAW = [
    *("9" * 5000, "-" + "9" * 4400, "1e400", "NaN", "-Infinity", "0." + "0" * 5000 + "1", '"\\ud800"', '"\\u0000"'),
    *("[" * 5000 + "]" * 5000, "[" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000, "1" + "0" * 400 + ".5", "1E-999"),
]
"""The same, which cannot be written from a value."""

RAW_YAML = [
    *RAW,
    *(
        "&a [*a]",
        "*a",
        "!!binary AAEC",
        "!!python/object/apply:os.getcwd []",
        "!!set {a, b}",
        "2024-01-01",
        "1:30:00",
    ),
    *("0x10", "0b1", "0o17", ".inf", "~", "? [a]", "<<", "!!int x", "!!float y", "!!timestamp z", "!foo bar", "on"),
    *("&a [x, x, x, x, x, x, x, x, x]", "{a: 1, a: 2}", "'", '"', "|", ">-", "%", "@", "`", "- -", "a: b: c", "\t"),
]


def _nodes(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _nodes(inner, (*way, key))
    if isinstance(node, list):
        for at, inner in enumerate(node):
            yield from _nodes(inner, (*way, at))


def _other_form(chance: random.Random, node: Any) -> Any:
    """A value in another form that somebody might have written, or one of VALUES."""
    forms: list[Any] = [
        chance.choice(VALUES),
        chance.choice(VALUES),
        [node],
        [node, node],
        {"value": node},
        str(node),
    ]
    if isinstance(node, bool):
        forms += [int(node), str(node).lower()]
    if isinstance(node, (int, float)):
        forms += [-node, node + 1, node * 10**6, float(node), str(node), f" {node}"]
    if isinstance(node, str):
        forms += [node.upper(), node + " ", node[:-1], node + "x", node.encode().hex(), list(node), node * 2000]
    if isinstance(node, list):
        forms += [
            node[:-1],
            node[::-1],
            node * 2,
            node[:1] * 300,
            node[:1] * 3000,
            dict(enumerate(map(str, node))),
            [*node, None],
        ]
        forms += [(node[0] if node else None), [*node, chance.choice(VALUES)]]
    if isinstance(node, dict):
        forms += [list(node.items()), list(node), {str(key).upper(): inner for key, inner in node.items()}]
        forms += [dict(list(node.items())[:-1]), node | {"unknown": 1}, dict.fromkeys(node)]
        forms += [{key: inner for key, inner in node.items() if key != chance.choice(list(node))} if node else {}]
    return _unshared(chance.choice(forms))


def _unshared(node: Any) -> Any:
    """The same value in which each node stands in one place: changed there, it is not changed 3,000 times over."""
    if isinstance(node, dict):
        return {key: _unshared(inner) for key, inner in node.items()}
    return [*map(_unshared, node)] if isinstance(node, (list, tuple)) else node


def tree_mutant(chance: random.Random, root: Any) -> Any:
    """A value of JSON with one to three of its nodes in another form, or without one of its keys or places."""
    root = copy.deepcopy(root)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        ways = list(_nodes(root))
        way = chance.choice(ways)
        if not way:
            if chance.random() < 0.2:
                return _other_form(chance, root)
            continue
        holder = root
        for step in way[:-1]:
            holder = holder[step]
        if chance.random() < 0.2:
            del holder[way[-1]]
        elif isinstance(holder, dict) and chance.random() < 0.1:
            holder[chance.choice(("", "Version", "unknown", "x" * 5000, "email"))] = holder.pop(way[-1])
        else:
            holder[way[-1]] = _other_form(chance, holder[way[-1]])
    return root


def _with_raw(chance: random.Random, root: Any, raws: list[str], write: Callable[[Any], str]) -> str:
    """A tree as text, sometimes with one of `raws` in the place of a value."""
    way = chance.choice(list(_nodes(root)))
    if not way or chance.random() < 0.7:
        return write(root)
    holder = root
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = "RAWTEXT"
    return write(root).replace('"RAWTEXT"', "RAWTEXT").replace("RAWTEXT", chance.choice(raws))


ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037", "utf-7", "cp1252", "shift_jis")


def _in_a_wrong_encoding(chance: random.Random, text: str) -> bytes:
    if chance.random() < 0.05:
        return text.encode(chance.choice(ENCODINGS), "replace")
    return text.encode("utf-8", "surrogatepass")


def json_mutant(chance: random.Random, data: bytes) -> bytes:
    """JSON, or lines of it, that can be parsed and says something else; every third is changed as bytes."""
    if chance.random() < 0.33:
        return mutant(chance, data)
    indent = chance.choice((None, 2))
    try:
        return _in_a_wrong_encoding(
            chance,
            _with_raw(
                chance, tree_mutant(chance, json.loads(data)), RAW, lambda tree: json.dumps(tree, indent=indent)
            ),
        )
    except ValueError:  # lines of JSON
        lines = data.split(b"\n")
        at = chance.randrange(len(lines))
        return b"\n".join([*lines[:at], json_mutant(chance, lines[at]), *lines[at + 1 :]]) if len(lines) > 1 else data


def yaml_mutant(chance: random.Random, data: bytes) -> bytes:
    """The same of YAML."""
    if chance.random() < 0.33:
        return mutant(chance, data)
    tree = tree_mutant(chance, yaml.safe_load(data))
    flow = chance.choice((None, False, True))
    try:
        text = _with_raw(
            chance, tree, RAW_YAML, lambda tree: yaml.safe_dump(tree, default_flow_style=flow, sort_keys=False)
        )
    except (yaml.YAMLError, ValueError):
        return mutant(chance, data)
    more = chance.choice(
        (*[""] * 15, "---\nversion: 1\n", "version: 1\n", "key: [name]\n", "%YAML 9.9\n---\n", "...\nx")
    )
    return _in_a_wrong_encoding(chance, text + more if chance.random() < 0.5 else more + text)
