"""The test client is the strictest reader: every page parses, has one h1, a title, and no repeated id."""

from __future__ import annotations

import contextvars
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import html5lib
from flask.globals import _cv_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.core.db import db

# html5lib knows HTML 5.0; these it reports although the living standard allows them.
ALLOWED = {"unexpected-self-closing-tag"}


class StrictClient(FlaskClient):
    """Each request runs in a context of its own, says where it comes from, and has its page checked."""

    origin = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if self.origin:
            kwargs.setdefault("headers", {})
            if isinstance(kwargs["headers"], dict):
                kwargs["headers"].setdefault("Sec-Fetch-Site", "same-origin")
        db.session.rollback()

        def alone() -> TestResponse:
            _cv_app.set(None)  # type: ignore[arg-type]
            return super(StrictClient, self).open(*args, **kwargs)

        response = contextvars.copy_context().run(alone)
        db.session.rollback()
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308, 304}:
            check_page(response.get_data(as_text=True))
        return response


@lru_cache(maxsize=8)
def parsed(html: str) -> tuple[Any, list[Any]]:
    """The tree of a page, to read and never to change, and what is wrong with it. Tests ask often, parsing is slow."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    tree = parser.parse(html)
    return tree, [(at, code, extra) for at, code, extra in parser.errors if code not in ALLOWED]


def check_page(html: str) -> None:
    """Raise AssertionError with what is wrong."""
    if not html:
        return
    tree, wrong = parsed(html)
    assert not wrong, f"page does not parse: {wrong[:5]}"
    heads = list(tree.iter("h1"))
    assert len(heads) == 1, f"{len(heads)} h1 on the page"
    twice = [i for i, n in Counter(e.get("id") for e in tree.iter() if e.get("id")).items() if n > 1]
    assert not twice, f"repeated ids: {twice}"
    title = tree.find(".//title")
    assert title is not None and (title.text or "").strip(), "no title"
    ids = {e.get("id") for e in tree.iter() if e.get("id")}
    for element in tree.iter():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{attribute} points to no id: {target}"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and len(href) > 1:
            assert href[1:] in ids, f"link to no id: {href}"


def words(response: TestResponse) -> str:
    """The visible text of a page, white space folded."""
    tree, _wrong = parsed(response.get_data(as_text=True))
    return re.sub(r"\s+", " ", "".join(_read(tree.find("body")))).strip()


def _read(element: Any) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in {"script", "style", "noscript", "template"}:
        yield element.text or ""
        for child in element:
            yield from _read(child)
            yield child.tail or ""
