"""The strip on top of every page: which list, and where it goes. Never out of sight."""

from __future__ import annotations

from functools import partial

from importer.errors import ImporterError
from importer.run import RunFolder, load_plan
from pages.parts.markup import Markup, show, tag
from pages.parts.run_in_url import current_run, settings
from pages.parts.target import place_words, target_now


def draw_strip(*, of_list: bool) -> None:
    """Target first, then the list. On the pages of a list that is planned already: the target it was planned for."""
    show(
        tag(
            "div",
            *_target(of_list),
            *(_list() if of_list else []),
            cls="ci-strip",
            role="status",
            aria_label="Target and list",
        )
    )


def _target(of_list: bool) -> list[Markup]:
    folder = _run_or_none() if of_list else None
    if folder is not None and folder.frozen:
        target = load_plan(folder).target
        return [
            _table(
                "This run's table", target.table, place_words(target.connection, target), target.sentence(), "good"
            )
        ]
    now = target_now(settings(), folder)
    what = "New lists go into" if folder is None else "Importing into"
    table = partial(_table, what, now.table, now.place, now.sentence)
    if now.error:
        return [table("bad"), tag("span", now.error, cls="ci-item")]
    return [table("good" if now.description and now.description.writable else "busy")]


def _table(what: str, name: str, place: str, sentence: str, tone: str) -> Markup:
    """The table and where it is in a few words; all about it where the mouse rests."""
    return tag("span", _item(what, name, tone), tag("span", f", {place}"), cls="ci-item", title=sentence)


def _list() -> list[Markup]:
    folder = _run_or_none()
    return [] if folder is None else [_item("List", folder.draft().source_name)]


def _run_or_none() -> RunFolder | None:
    try:
        return current_run()
    except ImporterError:
        return None


def _item(what: str, text: str, tone: str = "") -> Markup:
    dot = tag("span", cls="ci-dot", data_tone=tone) if tone else Markup("")
    return tag("span", dot, tag("span", what, cls="ci-what"), tag("b", text), cls="ci-item")
