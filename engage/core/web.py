"""What every request and answer passes through: same-origin check, security headers, error pages, address parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from engage.core.db import db
from engage.core.errors import Forbidden, Gone, NotFound, RuleBroken
from engage.core.limits import seconds_left

log = structlog.get_logger()
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
V = TypeVar("V", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WORTH_KEEPING = 4
"""Letters: what is shorter is a choice or a version, and typed again at once."""
DEADLOCK = "40P01"
"""PostgreSQL's SQLSTATE for the one of two units of work that has to give way."""


class Slug(BaseConverter):
    regex = r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?"


class Reference(BaseConverter):
    regex = r"[A-Z]{2,8}-[A-Z]{1,2}[0-9]{1,9}"


class Key(BaseConverter):
    regex = KEY.pattern


class Token(BaseConverter):
    regex = r"[A-Za-z0-9_-]{16,64}"


class Number(BaseConverter):
    """A small number, such as a version's: bounded, so that no digits overflow the store."""

    regex = r"[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)


CONVERTERS = {"slug": Slug, "ref": Reference, "key": Key, "token": Token, "number": Number}


def any_origin(view: V) -> V:
    """Mark a POST that other sites may send: one-click unsubscribe only (RFC 8058)."""
    view.__any_origin__ = True  # type: ignore[attr-defined]
    return view


def check_origin() -> None:
    """Refuse a changing request that does not say it comes from this site's own pages."""
    if request.method in SAFE or request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "__any_origin__", False):
        return
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        if said != "same-origin":
            abort(403)
        return
    origin = urlsplit(request.headers.get("Origin", ""))
    if origin.netloc != request.host:
        abort(403)


def headers(csp: str, secure: bool) -> Callable[[Response], Response]:
    """The after-request function that sets the security headers; pages are no-store unless they say otherwise."""

    def add(response: Response) -> Response:
        put = response.headers.setdefault
        put("Content-Security-Policy", csp)
        put("X-Content-Type-Options", "nosniff")
        put("Referrer-Policy", "same-origin")
        put("Cross-Origin-Opener-Policy", "same-origin")
        put("Cross-Origin-Resource-Policy", "same-origin")
        put("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        put("Cache-Control", "no-store")
        if secure:
            put("Strict-Transport-Security", "max-age=31536000")
        return response

    return add


def register_errors(app: Flask) -> None:
    """Plain pages for every refusal and fault; a fault is logged, never shown."""
    app.register_error_handler(NotFound, lambda _e: _page(404))
    app.register_error_handler(Forbidden, lambda _e: _page(403))
    app.register_error_handler(Gone, lambda e: _page(410, why=e.why))
    app.register_error_handler(RuleBroken, lambda e: _refused(e.message, 409))
    app.register_error_handler(OperationalError, lambda why: _once_more(why) or _busy(why))

    def http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        if error.code in {400, 405, 406, 415}:
            return _refused(error.description, error.code)
        if error.code == 429:
            return (*_page(429), {"Retry-After": str(seconds_left())})
        return _page(error.code)

    def fault(error: Exception) -> Any:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return _busy(error)
        log.error("unhandled", address=str(request.url_rule), exc_info=error)  # the rule: a path may hold a token
        return _page(500)

    app.register_error_handler(HTTPException, http)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, fault)


def _page(code: int, **context: Any) -> tuple[str, int]:
    db.session.rollback()
    name = code if code in {403, 404, 410, 413, 429, 500, 503} else 404 if code < 500 else 500
    return render_template(f"errors/{name}.html", typed=_typed(), **context), code


def _refused(message: str | None, code: int) -> tuple[str, int]:
    return render_template("errors/refused.html", message=message, typed=_typed()), code


def _busy(why: Exception) -> tuple[str, int, dict[str, str]]:
    log.error("store unavailable", why=str(getattr(why, "orig", why)))
    return (*_page(503), {"Retry-After": "10"})


def _typed() -> list[str]:
    """The words that a refused request brought, so that its page can give them back: whatever it was about may be gone,
    what somebody wrote must not be."""
    if request.method in SAFE:
        return []
    try:
        sent = request.form.items(multi=True)
    except HTTPException:  # not a form that can be read
        return []
    return [w for name, w in sent if name != "csrf_token" and len(w) >= WORTH_KEEPING and not KEY.fullmatch(w)]


def _once_more(why: OperationalError) -> Any:
    """A unit of work that lost a deadlock was rolled back whole: its request is done once more. None: it was not that,
    or has had its second try."""
    if getattr(why.orig, "sqlstate", None) != DEADLOCK or "had_a_second_try" in g:
        return None
    g.had_a_second_try = True
    db.session.rollback()
    try:
        return current_app.dispatch_request()
    except Exception as error:  # answered as any other fault of a view is
        return current_app.handle_user_exception(error)
