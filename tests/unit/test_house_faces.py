"""A step reaches another step only through its face (`__init__`)."""

from __future__ import annotations

from collections.abc import Iterable

import grimp

SMALL = ("importer.endpoint.function.", "importer.__main__")
"""The function that is deployed takes single modules with it, because a face brings pandas along; `__main__` calls
`importer.cli.main`, which has the name of its module."""


def reaching_past_faces(imports: Iterable[tuple[str, str]]) -> list[str]:
    """`importer.a.x -> importer.b.y` for every import of another step's inside."""
    found = []
    for importer, imported in imports:
        mine, theirs = importer.split(".")[1:2], imported.split(".")[1:]
        if len(theirs) > 1 and mine != theirs[:1] and not importer.startswith(SMALL):
            found.append(f"{importer} -> {imported}")
    return sorted(found)


def imports_of(package: str) -> list[tuple[str, str]]:
    graph = grimp.build_graph(package)
    return [(module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)]


def test_no_step_reaches_past_the_face_of_another() -> None:
    assert reaching_past_faces(imports_of("importer")) == []


def test_control_an_import_past_a_face_is_found() -> None:
    wrong = [("importer.run.feed", "importer.write.engine"), ("importer.run.feed", "importer.write")]
    assert reaching_past_faces(wrong) == ["importer.run.feed -> importer.write.engine"]
