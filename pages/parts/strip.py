"""The strip on top of every page: which list, and where it goes. Never out of sight."""

from __future__ import annotations

from importer.errors import ImporterError
from importer.run import RunFolder, load_plan
from pages.parts.markup import Markup, show, tag
from pages.parts.run_in_url import current_run, settings
from pages.parts.target import target_now


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
        return [_item("Target of this run", load_plan(folder).target.sentence(), "good")]
    now = target_now(settings(), folder)
    what = "Target of new lists" if folder is None else "Target"
    if now.error:
        return [_item(what, now.sentence, "bad"), tag("span", now.error, cls="ci-item")]
    tone = "good" if now.description and now.description.writable else "busy"
    return [_item(what, now.sentence, tone)]


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
