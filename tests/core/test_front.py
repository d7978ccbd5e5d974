"""What answers before Flask is asked: the same to the byte, never after a write, packed for who takes it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from flask import session
from flask_babel import get_babel
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from engage.core.access import SYSTEM
from engage.core.cache import PageCache
from engage.core.db import saving
from engage.themes import service as themes
from tests.factories.events import a_programme, a_theme

Answered = tuple[str, Headers, bytes]


def ask(app: Any, path: str, method: str = "GET", host: str = "localhost", **headers: str) -> Answered:
    """As a server would, without a test client between. Header names with `_` for `-`."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = EnvironBuilder(path, method=method, base_url=f"http://{host}", headers=said).get_environ()
    octets, status, answered = run_wsgi_app(app.wsgi_app, environ)
    return status, answered, b"".join(octets)


@pytest.fixture
def theme(app):
    return a_theme(a_programme(), title="Cancer", slug="cancer")


@pytest.fixture
def flask(app, monkeypatch):
    """How many requests went into Flask, on a store that nobody writes to (PostgreSQL's guard moves with any write)."""
    asked: list[None] = []
    inside = app.full_dispatch_request

    def counted() -> Any:
        asked.append(None)
        return inside()

    monkeypatch.setattr(app, "full_dispatch_request", counted)
    monkeypatch.setattr(PageCache, "guard", lambda _pages: "unchanged")
    return asked


@pytest.mark.parametrize("headers", [{}, {"Accept_Encoding": "gzip"}], ids=["plain", "packed"])
@pytest.mark.parametrize("path", ["/themes/cancer", "/themes/cancer?x=1", "/themes", "/robots.txt", "/static/main.css"])
def test_a_kept_answer_is_the_made_one_to_the_byte(app, theme, flask, path, headers) -> None:
    if path.startswith("/static"):
        path = app.jinja_env.globals["asset_url"]("main.css")
    made = ask(app, path, **headers)
    kept = ask(app, path, **headers)
    assert (made[0], list(made[1]), made[2]) == (kept[0], list(kept[1]), kept[2])
    assert made[0] == "200 OK"
    assert len(flask) == 1


def test_a_kept_answer_has_every_header_that_any_page_has(app, theme, flask) -> None:
    ask(app, "/themes/cancer")
    _, kept, body = ask(app, "/themes/cancer")
    _, live, _ = ask(app, "/health/live")
    own = {"Content-Type", "Content-Length", "Cache-Control"}
    everywhere = {name: value for name, value in live if name not in own}
    assert "Content-Security-Policy" in everywhere
    assert dict(kept) == everywhere | {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "public, max-age=0, must-revalidate",
        "ETag": kept["ETag"],
        "Vary": "Accept-Encoding",
    }


def test_head_answers_alike_without_a_body_whether_made_or_kept(app, theme, flask) -> None:
    first, again = ask(app, "/themes/cancer", "HEAD"), ask(app, "/themes/cancer", "HEAD")
    whole = ask(app, "/themes/cancer")
    assert first == again == (whole[0], whole[1], b"")
    assert len(flask) == 1


def test_who_has_it_gets_304_from_either_form_and_only_of_that_form(app, theme, flask) -> None:
    plain = ask(app, "/themes/cancer")[1]["ETag"]
    packed = ask(app, "/themes/cancer", Accept_Encoding="gzip")[1]["ETag"]
    assert plain != packed
    for said, accepted, status in (
        (plain, "", "304"),
        (f'"other", W/{plain}', "", "304"),
        ("*", "", "304"),
        (packed, "gzip", "304"),
        (packed, "", "200"),
        (plain, "gzip", "200"),
        ('"other"', "", "200"),
    ):
        answered = ask(app, "/themes/cancer", If_None_Match=said, Accept_Encoding=accepted)
        assert answered[0].startswith(status), (said, accepted)
        if status == "304":
            assert answered[2] == b""
            assert {"Content-Type", "Content-Length", "Content-Encoding"}.isdisjoint(answered[1].keys())
            assert {"ETag", "Vary", "Cache-Control", "Content-Security-Policy"} <= set(answered[1].keys())
    assert len(flask) == 1


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("", False), ("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("identity", False)],
)
def test_it_is_packed_for_who_takes_gzip(app, theme, accepted, packed) -> None:
    plain = ask(app, "/themes/cancer")
    _, headers, body = ask(app, "/themes/cancer", Accept_Encoding=accepted)
    assert headers.get("Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(body) if packed else body) == plain[2]
    assert len(body) == int(headers["Content-Length"])
    assert headers["Vary"] == "Accept-Encoding"


def test_what_is_not_kept_is_never_packed(app, client) -> None:
    assert "Content-Encoding" not in ask(app, "/sign-in", Accept_Encoding="gzip")[1]
    assert "Content-Encoding" not in ask(app, "/no-such-page", Accept_Encoding="gzip")[1]


def test_a_write_makes_the_next_answer_anew(app, theme) -> None:
    before = ask(app, "/themes/cancer")
    with saving():
        themes.edit(theme, version=theme.version, title="Cancer care", scope=theme.scope, by=SYSTEM)
    after = ask(app, "/themes/cancer", If_None_Match=before[1]["ETag"])
    assert after[0] == "200 OK"
    assert b"Cancer care" in after[2]


def test_what_is_no_longer_public_is_gone_at_once(app, theme) -> None:
    known = ask(app, "/themes/cancer")[1]["ETag"]
    ask(app, "/themes/cancer")
    with saving():
        theme.published_at = None
    assert ask(app, "/themes/cancer")[0].startswith("404")
    assert ask(app, "/themes/cancer", If_None_Match=known)[0].startswith("404")


def test_a_host_that_is_not_ours_is_refused_however_much_is_kept(app, theme) -> None:
    assert ask(app, "/themes/cancer")[0] == "200 OK"
    assert ask(app, "/themes/cancer", host="elsewhere.example")[0].startswith("400")


def test_hosts_and_queries_have_entries_of_their_own(app, theme, flask) -> None:
    for n, (path, host) in enumerate(
        [("/themes/cancer", "localhost"), ("/themes/cancer", "127.0.0.1"), ("/themes/cancer?page=2", "localhost")], 1
    ):
        ask(app, path, host=host)
        ask(app, path, host=host)
        assert len(flask) == n


def test_other_methods_and_ranges_go_to_flask(app, theme, flask) -> None:
    ask(app, "/themes/cancer")
    assert ask(app, "/themes/cancer", "POST")[0].startswith("405")
    assert ask(app, "/themes/cancer", "OPTIONS")[0].startswith("200")
    assert ask(app, "/themes/cancer", Range="bytes=0-9")[0].startswith("20")
    assert len(flask) == 4


def test_a_store_that_is_gone_is_said_so_however_much_is_kept(app, theme, monkeypatch) -> None:
    ask(app, "/themes/cancer")

    def gone(_pages: PageCache) -> str:
        raise OperationalError("SELECT 1", None, Exception("gone"))

    monkeypatch.setattr(PageCache, "guard", gone)
    status, headers, _ = ask(app, "/themes/cancer")
    assert (status[:3], headers["Retry-After"], headers["Cache-Control"]) == ("503", "10", "no-store")


@pytest.mark.parametrize("who", [{}, {"Cookie": "engage=whatever"}], ids=["anybody", "with a cookie"])
def test_a_page_that_looks_at_who_asks_is_not_kept(app, theme, flask, monkeypatch, who) -> None:
    view = app.view_functions["site.theme"]

    def looking(**address: str) -> Any:
        session.get("name")
        return view(**address)

    monkeypatch.setitem(app.view_functions, "site.theme", looking)
    for n in (1, 2):
        assert ask(app, "/themes/cancer", **who)[1]["Vary"] == "Cookie"
        assert len(flask) == n


def test_nothing_is_kept_once_the_language_is_chosen_by_who_asks(app, theme, flask, monkeypatch) -> None:
    monkeypatch.setattr(get_babel(app), "locale_selector", lambda: "en")
    assert ask(app, "/themes/cancer")[1]["Cache-Control"] == "no-store"
    ask(app, "/themes/cancer")
    assert len(flask) == 2
