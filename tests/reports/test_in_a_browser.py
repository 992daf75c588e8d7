"""The pages in a real browser: accessible, reachable by keyboard, printable, on a phone, and silent on the network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import Open

pytestmark = pytest.mark.slow
LOOKS: dict[str, dict[str, Any]] = {
    "light": {}, "dark": {"color_scheme": "dark"}, "phone": {"width": 390, "height": 844},
    "phone-dark": {"width": 390, "height": 844, "color_scheme": "dark"}, "forced-colors": {"forced_colors": "active"},
}


def whole(page: Page) -> None:
    """Lays out all findings: those off screen are neither measured nor checked otherwise."""
    page.evaluate("document.styleSheets[0].insertRule('.finding { content-visibility: visible !important }')")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["week", "empty", "hostile"])
def test_axe_finds_no_violation(opened: Open, axe: str, name: str, look: str) -> None:
    page = opened(name, **LOOKS[look])
    whole(page)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["testEngine"]["name"] == "axe-core"
    assert len(found["passes"]) > 15
    assert [(rule["id"], [node["target"] for node in rule["nodes"][:3]]) for rule in found["violations"]] == []


def test_axe_would_find_one(opened: Open, axe: str) -> None:
    page = opened("week")
    page.evaluate("document.querySelector('img').removeAttribute('alt')")
    page.evaluate(axe)
    assert [rule["id"] for rule in page.evaluate("axe.run(document)")["violations"]] == ["image-alt"]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", ["week", "empty", "hostile"])
def test_the_page_never_scrolls_sideways(opened: Open, name: str, width: int) -> None:
    page = opened(name, width=width, height=844)
    whole(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_texts_do_nothing(opened: Open) -> None:
    page = opened("hostile")
    page.mouse.move(300, 300)
    whole(page)
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert page.evaluate("[...document.querySelectorAll('a[href]')].every(a => /^(#|https?:)/.test(a.getAttribute('href')))")


def test_the_page_may_ask_nobody(opened: Open, browser: Any, pages: Any) -> None:
    page = browser.new_page()
    page.goto(pages["week"].as_uri())
    tried = """async () => {
      const refused = [];
      document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      await fetch('https://tracker.example/').catch(() => {});
      new Image().src = 'https://tracker.example/a.png';
      const style = document.createElement('style'); style.textContent = 'body { display: none }'; document.head.append(style);
      const script = document.createElement('script'); script.textContent = 'window.broken = 1'; document.head.append(script);
      await new Promise((done) => setTimeout(done, 300));
      return [refused.sort(), window.broken, getComputedStyle(document.body).display];
    }"""
    assert page.evaluate(tried) == [["connect-src", "img-src", "script-src-elem", "style-src-elem"], None, "block"]
    page.close()


def test_everything_is_reachable_by_keyboard_and_shows_where_one_is(opened: Open) -> None:
    page = opened("week")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    wanted = page.evaluate("""[...document.querySelectorAll('a[href], select, button')].filter(e => !e.closest('[hidden]')).length""")
    seen = set()
    for _ in range(wanted):
        outline, inside, number = page.evaluate("""() => {
          const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
          const all = [...document.querySelectorAll('a[href], select, button')];
          return [style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
                  box.bottom > 0 && box.top < innerHeight && box.width > 0, all.indexOf(one)];
        }""")
        assert (outline, inside) == (True, True), page.evaluate("document.activeElement.outerHTML")
        seen.add(number)
        page.keyboard.press("Tab")
    assert len(seen) == wanted


def test_the_skip_link_leads_to_the_report(opened: Open) -> None:
    page = opened("week")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def shown(page: Page) -> list[str]:
    """The numbers of the findings that are to be seen."""
    return [str(one) for one in page.evaluate(
        "[...document.querySelectorAll('article.finding')].filter(a => a.offsetParent).map(a => a.id)")]


def test_the_filter_narrows_says_so_and_lets_links_through(opened: Open) -> None:
    page = opened("week")
    assert len(shown(page)) == 8
    page.get_by_label("Rule").select_option("spokesperson")
    assert shown(page) == ["finding-3", "finding-6"]
    assert page.get_by_role("status").inner_text() == "Showing 2 of 8 findings."
    assert not page.locator("#severity-low").is_visible()
    page.get_by_label("Standing").select_option("ended")
    assert shown(page) == ["finding-6"]
    page.locator(".index a", has_text="1").first.click()
    assert len(shown(page)) == 8
    assert page.get_by_role("status").inner_text() == ""
    page.get_by_label("Account").select_option("bluesky:mr-okonjo-labs.example")
    assert shown(page) == ["finding-4", "finding-5"]
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 8
    page.get_by_label("Severity").select_option("low")
    page.emulate_media(media="print")
    assert page.get_by_role("status").is_visible()
    assert not page.get_by_label("Severity").is_visible()


def test_it_reads_without_a_script(opened: Open) -> None:
    page = opened("week", java_script_enabled=False)
    assert not page.locator("#filter").is_visible()
    assert page.locator("article.finding").count() == 8
    assert page.locator("article.finding").last.is_visible()


def test_style_and_pictures_arrive_under_the_policy_of_the_page(opened: Open) -> None:
    page = opened("week")
    whole(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth === 480)")


def test_marks_are_told_apart_without_colour_and_by_ear(opened: Open) -> None:
    page = opened("week", forced_colors="active")
    style = page.evaluate("""() => { const s = getComputedStyle(document.querySelector('mark'));
      return [s.borderBottomStyle, parseFloat(s.borderBottomWidth) >= 2,
              getComputedStyle(document.querySelector('mark'), '::before').content]; }""")
    assert style == ["solid", True, '" [evidence] "']


def test_nothing_moves(opened: Open) -> None:
    page = opened("week")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("""[...document.querySelectorAll('*')].every(one => getComputedStyle(one).scrollBehavior === 'auto'
      && getComputedStyle(one).transitionDuration === '0s')""")


@pytest.mark.parametrize("width", [390, 1280])
def test_links_within_the_page_end_where_they_lead(opened: Open, width: int) -> None:
    page = opened("hostile", width=width)
    for target in ("completeness", "finding-11", "cleared", "finding-4", "changes", "archived-905"):
        page.locator(f"a[href='#{target}']").first.evaluate("link => link.click()")
        page.wait_for_timeout(150)
        top = page.evaluate(f"document.getElementById('{target}').getBoundingClientRect().top")
        assert 0 <= top <= 60, target


@pytest.mark.parametrize("name", ["week", "empty", "hostile"])
def test_it_prints_on_letter_without_cut_rows(opened: Open, name: str) -> None:
    page = opened(name)
    pdf = page.pdf(prefer_css_page_size=True, tagged=True, print_background=False)
    boxes = set(re.findall(rb"/MediaBox ?\[([^\]]*)\]", pdf))
    assert boxes == {b"0 0 612 792"}
    assert b"/MarkInfo" in pdf
    page.emulate_media(media="print")
    assert page.evaluate("""[...document.querySelectorAll('tr, .finding, figure, .change')]
      .every(one => getComputedStyle(one).breakInside === 'avoid')""")
    assert page.evaluate("[...document.querySelectorAll('td')].every(one => getComputedStyle(one).display === 'table-cell')")
    assert not page.locator("nav.contents").is_visible()


def test_a_phone_reads_tables_as_cards_with_their_headings(opened: Open) -> None:
    page = opened("week", width=390, height=844)
    whole(page)
    label = "getComputedStyle(document.querySelector('#changes td'), '::before').content"
    assert '"Posted"' in page.evaluate(f"{label}.replace('attr(data-label)', '\"Posted\"')")
    assert page.get_by_role("table").count() >= 5
    assert page.get_by_role("columnheader", name="Expected").count() == 1
