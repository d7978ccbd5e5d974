"""Every page of the application, looked at: axe, in light, dark and at 320 px, and each form when it is sent empty.

A new address is visited without being named here; one that shows nothing fails the test.
"""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from tests.factories.pages import REFUSALS, SEES_ALL, every_page, places
from tests.journeys.conftest import LOOKS, faults

pytestmark = pytest.mark.one_store
GROUPS = {
    "site": ("accounts", "following", "insight", "operations", "site", "static"),
    "attendance": ("attendance", "feedback"),
    "events": ("events", "programmes", "themes"),
    "outcomes": ("outcomes", "papers"),
}
"""Which blueprints one test visits: about as long each."""
TAKES_NOTHING = {"attendance.limits", "feedback.introduction"}
"""Forms whose every field may be left empty: sent so, they save that."""
EMPTIED = """() => {
  const form = [...document.querySelectorAll("main form[method=post]")].find(f => {
    const own = new URL(f.getAttribute("action") || "", location).pathname === location.pathname;
    return own && f.querySelector("input:not([type=hidden]), textarea, select");
  });
  for (const e of form.elements) {
    if (e.type === "checkbox" || e.type === "radio") e.checked = false;
    else if (e.type !== "hidden") e.value = "";
  }
  setTimeout(() => HTMLFormElement.prototype.submit.call(form));
}"""


def test_every_place_belongs_to_a_group(app: Flask) -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(places(app))


@pytest.mark.parametrize("group", GROUPS)
def test_axe_finds_nothing_on_any_page(
    app: Flask,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    post: Callable[[], list[EmailMessage]],
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
    group: str,
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    pages = every_page(app, sign_in, post, of=GROUPS[group])
    knows, anybody = staff(SEES_ALL), visitor()
    found = []
    for page in pages:
        tab = knows if page.guarded else anybody
        answer = tab.goto(page.url)
        assert answer is not None
        assert answer.ok, f"{page.url}: {answer.status}"
        found += faults(tab)
    strays = {}
    for page in (page for page in pages if page.asks and page.endpoint not in TAKES_NOTHING):
        tab = knows if page.guarded else anybody
        tab.goto(page.url)
        with tab.expect_navigation() as answered:
            tab.evaluate(EMPTIED)
        found += faults(tab, LOOKS[1:])
        if answered.value is None or answered.value.status != 422:
            strays[page.endpoint] = tab.url
    assert (found, strays) == ([], {}), "\n".join(found)


def test_axe_finds_nothing_on_the_pages_that_refuse(
    app: Flask, browser: Browser, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "site.privacy", lambda: abort(int(request.args["code"])))
    page = browser.new_page(base_url=site, viewport={"width": 1280, "height": 900})
    found = []
    for code in REFUSALS:
        answer = page.goto(f"/privacy?code={code}")
        assert answer is not None
        assert answer.status == code
        found += faults(page)
    page.close()
    assert found == [], "\n".join(found)
