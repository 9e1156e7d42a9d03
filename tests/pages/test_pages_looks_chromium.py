"""What is seen in Debian's Chromium: text that can be read in both themes, progress that is never out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import App, bring_in, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, expect

from importer.intake import write_sample

pytestmark = pytest.mark.browser

LONG_ROWS = 60_000
"""Three chunks: the check tells how far it is before it is done."""

TEXT = 4.5
"""WCAG 2.2, 1.4.3 Contrast (Minimum), level AA."""

CLICKED = 3.0
"""WCAG 2.2, 1.4.11 Non-text Contrast, level AA: the edge of a button that is not chosen."""

# Contrast of every visible text with what lies under it, and of the edge of each unchosen radio button or checkbox.
# Left out: what cannot be clicked, icons (their words stand beside), canvases. Answers {what: contrast} of the pale.
PALE = """
([text, clicked]) => {
  const numbers = (value) => value.match(/[\\d.]+/g).map(Number);
  const parse = (value) => {
    const [r, g, b, alpha = 1] = numbers(value);
    return value.startsWith("color(srgb") ? [255 * r, 255 * g, 255 * b, alpha] : [r, g, b, alpha];
  };
  const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat([1]);
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element, colour, from) => {
    const grounds = [];
    let opacity = 1;
    for (let up = element; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      opacity *= parseFloat(style.opacity);
      if (up !== element || from === "text") grounds.push(parse(style.backgroundColor));
    }
    const ground = grounds.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
    const front = parse(colour);
    const pair = [light(over([...front.slice(0, 3), front[3] * opacity], ground)), light(ground)];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const found = {};
  const note = (what, value, least) => { if (value < least) found[what] = Math.round(100 * value) / 100; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement, words = node.textContent.trim();
    const left = element.closest("[disabled], [data-disabled], style, script, [data-testid=stIconMaterial]");
    if (!words || left || !element.checkVisibility({ visibilityProperty: true })) continue;
    note(words.slice(0, 60), contrast(element, getComputedStyle(element).color, "text"), text);
  }
  for (const input of document.querySelectorAll("input[type=radio], input[type=checkbox]")) {
    const place = input.type === "radio" ? ":scope > div > div:first-child" : ":scope > span + div";
    const edge = input.closest("label")?.querySelector(place);
    if (input.checked || input.disabled || !edge) continue;
    const style = getComputedStyle(edge);
    const what = `edge ${input.closest("label").innerText}`;
    if (parseFloat(style.borderWidth)) note(what, contrast(edge, style.borderColor), clicked);
  }
  return found;
}
"""

# Notes whether a progress bar was ever where a person sees it, and whether one was ever out of sight.
WATCH = """
() => {
  window.seen = { inSight: 0, outOfSight: 0 };
  new MutationObserver(() => {
    for (const bar of document.querySelectorAll("[data-testid=stProgress]")) {
      const { top, bottom, height } = bar.getBoundingClientRect();
      if (height) window.seen[top >= 0 && bottom <= window.innerHeight ? "inSight" : "outOfSight"] += 1;
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_and_every_unchosen_button_can_be_read(
    app: App, browser: Browser, tmp_path: Path, scheme: str
) -> None:
    write_sample(tmp_path / "list.csv", rows=200)
    page = new_page(browser, height=800, scheme=scheme)
    run = bring_in(page, app, tmp_path / "list.csv")
    steps = ("", "columns", "check", "check?view=change", "check?view=alike", "check?view=person", "import")
    pale = {}
    for place in (*(f"{step}{'&' if '?' in step else '?'}run={run}" for step in steps), "runs", "settings"):
        page.goto(f"{app.url}/{place}")
        page.get_by_role("heading", level=1).wait_for()
        calm(page)
        pale |= page.evaluate(PALE, [TEXT, CLICKED])
    keep_picture(page, f"looks-{scheme}")
    assert pale == {}
    # Control: without our rules Streamlit's captions and unchosen buttons are paler than that.
    page.evaluate(
        "() => document.querySelectorAll('style').forEach((s) => s.textContent.includes('--ci-') && s.remove())"
    )
    page.wait_for_function(
        f"given => Object.keys(({PALE})(given)).some(what => what.startsWith('edge '))", arg=[TEXT, CLICKED]
    )


def test_the_list_of_runs_fits_a_window_1400_wide(app: App, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a list with a long name.csv").write_text("Email\na@example.com\n", encoding="utf-8")
    page = new_page(browser)
    bring_in(page, app, tmp_path / "a list with a long name.csv")
    # Control: a narrower window does scroll.
    for width, hidden in ((1400, False), (1000, True)):
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(f"{app.url}/runs")
        page.locator(".dvn-scroller").wait_for()
        calm(page)
        wide = page.locator(".dvn-scroller").evaluate("one => one.scrollWidth - one.clientWidth")
        keep_picture(page, f"runs-{width}")
        assert (wide > 0) == hidden


def test_progress_of_the_check_is_in_sight_on_a_phone_that_is_scrolled_down_to_the_form(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    lines = "".join(f"p{n}{'@' if n > 2 else ' at '}example.com,Ann\n" for n in range(LONG_ROWS))
    (tmp_path / "long.csv").write_text("Email,Name\n" + lines, encoding="utf-8")
    page = new_page(browser, width=420, height=800)
    run = bring_in(page, app, tmp_path / "long.csv")
    page.goto(f"{app.url}/check?run={run}&view=rows&row=2")
    save = page.get_by_role("button", name="Save and next")
    for fixed in (True, False):
        save.scroll_into_view_if_needed()
        page.get_by_test_id("stMain").evaluate("main => main.scrollBy(0, 2000)")
        if not fixed:  # Control: where it stood before, above the tabs.
            page.add_style_tag(content=":has(> .st-key-checking) { position: static !important; }")
        page.evaluate(WATCH)
        page.locator("[data-testid=stForm] input").first.fill(f"{'first' if fixed else 'second'}@example.com")
        press(page, "Save and next")
        expect(page.get_by_text(f"Row {3 if fixed else 4}", exact=True)).to_be_visible()
        seen = page.evaluate("() => window.seen")
        assert bool(seen["inSight"]) == fixed
        assert bool(seen["outOfSight"]) != fixed
