"""A running application and a real browser: each journey through the pages that people use."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from engage.accounts import service as accounts
from engage.core.db import db, saving
from tests import stores

ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
Look = tuple[Literal["light", "dark"], int, dict[str, Any]]
LOOKS: tuple[Look, ...] = (("light", 1280, ALL), ("dark", 1280, COLOURS), ("light", 320, ALL))
"""Dark changes colours and nothing else, so only their rules are asked there."""
LINK = re.compile(r"https?://[^\s<>()\"]+")
SEEN = "document.querySelectorAll('select').forEach(s => s.remove()), document.body.innerText"
PATIENCE = 20_000
FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, as it runs headless for root and behind a closed network."""
    return {
        "executable_path": stores.chromium(),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application served over HTTP on a port of its own; links in mails lead there."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    kept = app.config["BASE_URL"]
    app.config["BASE_URL"] = app.jinja_env.globals["base_url"] = url
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    app.config["BASE_URL"] = app.jinja_env.globals["base_url"] = kept


@pytest.fixture
def visitor(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`visitor(**options)`: a new person at a fresh browser (`java_script_enabled=False`, `color_scheme="dark"`).

    No page may report a fault in its console; where the test fails, it is told what each visitor saw last.
    """
    opened: list[tuple[BrowserContext, Page]] = []
    broken: list[str] = []

    def come(width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": 900}, locale="en-GB", **options
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        opened.append((context, page))
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if _is_fault(said.type, said.text) else None)
        return page

    yield come
    failed = request.node.stash.get(FAILED, False)
    for number, (context, page) in enumerate(opened, start=1):
        if failed:
            print(f"--- visitor {number} saw {page.url}\n{page.evaluate(SEEN)}")
        context.close()
    assert broken == [], broken


@pytest.fixture
def staff(app: Flask, visitor: Callable[..., Page]) -> Callable[..., Page]:
    """`staff(email, **options)`: somebody with an account, signed in through the pages with a one-time link."""

    def sign_in(email: str, **options: Any) -> Page:
        with saving():
            url = accounts.sign_in_link_for(email)
        page = visitor(**options)
        page.goto(url)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk")
        return page

    return sign_in


@pytest.fixture
def letters(post: Callable[[], list[EmailMessage]]) -> Callable[..., list[str]]:
    """`letters(to)`: the links in the newest message to this address, after all that waits was delivered."""

    def links_in_newest(to: str) -> list[str]:
        db.session.rollback()
        mine = [m for m in post() if to in str(m["To"])]
        assert mine, f"no message to {to}"
        body = mine[-1].get_body(("plain",))
        assert body is not None
        return LINK.findall(body.get_content())

    return links_in_newest


def _is_fault(kind: str, text: str) -> bool:
    """A refused form answers 422, which the console reports; anything else that it calls an error is one."""
    return kind == "error" and "status of 422" not in text


@pytest.fixture
def accessible(store: str) -> Callable[[Page], None]:
    """`accessible(page)`: axe finds nothing, in light, dark and at 320 px, and nothing scrolls sideways.

    Pages do not depend on the store: on the second one, the light look is enough.
    """
    looks = LOOKS if store == "sqlite" else LOOKS[:1]

    def look(page: Page) -> None:
        found = faults(page, looks)
        assert found == [], "\n".join(found)

    return look


def faults(page: Page, looks: Iterable[Look] = LOOKS) -> list[str]:
    """What axe finds on this page, and whether it scrolls sideways: a paragraph each."""
    size, found = page.viewport_size, []
    page.evaluate(AXE_SCRIPT)
    for scheme, width, rules in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
        results = AxeResults(page.evaluate(f"axe.run({options})"))
        if results.violations_count:
            found.append(f"{page.url} ({scheme}, {width}):\n{results.generate_report()}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{page.url} is {wide} px too wide at {width}")
    page.emulate_media(color_scheme="light")
    if size:
        page.set_viewport_size(size)
    return found
