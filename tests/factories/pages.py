"""Every page: each address of the application that answers GET, in a store that holds one of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from engage.accounts import service as accounts
from engage.core.access import Access, Role, declared
from engage.core.db import saving
from tests.factories.accounts import a_user
from tests.factories.world import World, a_public_world, a_world

SEES_ALL = "all@engage.example"
"""Convenor of the private world's programme and administrator of the site."""
FILES = {
    "application/json",
    "application/xml",
    "application/zip",
    "image/svg+xml",
    "text/calendar",
    "text/css",
    "text/csv",
    "text/plain",
}
"""What an address may answer instead of a page."""
REFUSALS = (400, 403, 404, 410, 413, 429, 500, 503)
"""The codes that have a page of their own, to be raised where a test likes."""
MOVED_FOR_EVER = 308
GUARDED = {"requires", "signed_in"}


@dataclass(frozen=True, kw_only=True)
class SeenPage:
    """One page as the server sends it. `guarded`: seen by `SEES_ALL`, else by nobody in particular."""

    endpoint: str
    url: str
    html: str
    guarded: bool

    @property
    def title(self) -> str:
        return str(self._tree.findtext(".//title")).strip()

    @property
    def asks(self) -> bool:
        """Whether it holds a form that is sent to its own address, with something to fill in."""
        return self._form is not None

    @property
    def token(self) -> dict[str, str]:
        """The hidden fields of that form: what is sent when nothing is filled in."""
        fields = [] if self._form is None else self._form.iter("input")
        return {one.get("name", ""): one.get("value", "") for one in fields if one.get("type") == "hidden"}

    @cached_property
    def _form(self) -> Element | None:
        for form in self._tree.findall(".//main//form[@method='post']"):
            controls = [*form.iter("input"), *form.iter("textarea"), *form.iter("select")]
            asked = [one for one in controls if one.get("type") not in {"hidden", "submit"}]
            if asked and form.get("action", self.url) == self.url:
                return form
        return None

    @cached_property
    def _tree(self) -> Element:
        tree: Element = html5lib.parse(self.html, namespaceHTMLElements=False)
        return tree


def places(app: Flask) -> dict[str, list[Rule]]:
    """Every rule that answers GET, by the name of its blueprint (`static`: the built files)."""
    found: dict[str, list[Rule]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()):
            found.setdefault(rule.endpoint.partition(".")[0], []).append(rule)
    return found


def every_page(
    app: Flask,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    post: Callable[[], list[EmailMessage]],
    *,
    of: Iterable[str],
) -> list[SeenPage]:
    """The pages of these blueprints, as whoever may see most, with `DEMO` on: its letter box is a page too.

    Raises AssertionError for an address that shows nothing.
    """
    private, public = a_world(), a_public_world()
    a_user(SEES_ALL, name="Alba All", is_admin=True, roles={private.programme_id: Role.CONVENOR})
    knows, anybody = sign_in(app.test_client(), SEES_ALL), app.test_client()
    post()
    seen = []
    all_places = places(app)
    for rule in (rule for name in of for rule in all_places[name]):
        guarded = _access(app, rule).rule in GUARDED
        url = private.url(rule) if guarded else _public_url(app, public, rule)
        answer = (knows if guarded else anybody).get(url, follow_redirects=True)
        moved = [step for step in answer.history if step.status_code == MOVED_FOR_EVER]  # to one that is here itself
        if answer.mimetype not in FILES and not moved:
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), f"{rule.endpoint}: {url} {answer}"
            html = answer.get_data(as_text=True)
            seen.append(SeenPage(endpoint=rule.endpoint, url=url, html=html, guarded=guarded))
    return seen


def _access(app: Flask, rule: Rule) -> Access:
    found = declared(app.view_functions[rule.endpoint])
    assert found is not None, rule.endpoint
    return found


def _public_url(app: Flask, world: World, rule: Rule) -> str:
    """By the live link of its purpose, where it takes one; a letter and a file that are there."""
    access = _access(app, rule)
    other: dict[str, object] = {}
    if rule.endpoint == "accounts.follow":
        sam = a_user()
        with saving():
            other["token"] = accounts.sign_in_link_for(sam.email).rsplit("/", 1)[1]
    if rule.endpoint == "operations.demo_message":
        other["name"] = next(Path(app.config["DATA_DIR"], "mail").glob("*.eml")).stem
    if rule.endpoint == "static":
        other["filename"] = "manifest.json"
    return world.url(rule, access.detail, **other)
