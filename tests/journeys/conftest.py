"""A running application and a real browser: each journey through the pages that people use."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from engage.accounts import service as accounts
from engage.core.db import db, saving
from tests import stores

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LINK = re.compile(r"https?://[^\s<>()\"]+")


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
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`visitor(**options)`: a new person at a fresh browser (`java_script_enabled=False`, `color_scheme="dark"`)."""
    opened: list[BrowserContext] = []

    def come(width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": 900}, locale="en-GB", **options
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" and "40" not in said.text else None)
        return page

    broken: list[str] = []
    yield come
    for context in opened:
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


def accessible(page: Page, *, everywhere: bool = True) -> None:
    """axe finds nothing, in light, dark and at 320 px; and nothing scrolls sideways."""
    size = page.viewport_size
    looks = [("light", 1280), ("dark", 1280), ("light", 320)] if everywhere else [("light", 1280)]
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url} ({scheme}, {width}):\n{found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide at {width}"
    page.emulate_media(color_scheme="light")
    if size:
        page.set_viewport_size(size)


def link(links: list[str], part: str) -> str:
    """The one link whose path begins with this."""
    found = [u for u in links if part in u]
    assert found, f"no {part} in {links}"
    return found[0]
