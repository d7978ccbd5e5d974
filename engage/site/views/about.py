"""What every site owes its readers and their machines: accessibility, privacy, security contact, map, icon."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engage.core import clock
from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.pages import Page, page_number
from engage.site import queries
from engage.site.views import bp

PRIVATE = ("/desk", "/manage/", "/admin/", "/sign-in", "/i/", "/b/", "/o/", "/q/", "/n/", "/m/")
"""What no search engine should read; everything else under these answers 404 or asks to sign in anyway."""
SITEMAP_SIZE = 50_000 - 100
"""Addresses in one file: sitemaps.org allows 50,000, some of which are those below."""
STILL = ("/", "/programmes", "/events", "/themes", "/actions", "/accessibility", "/privacy")


@bp.get("/accessibility")
@public
@cached
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("site/accessibility.html", contact=_contact())


@bp.get("/privacy")
@public
@cached
def privacy() -> str:
    """What is kept about whom, why and for how long."""
    return render_template("site/privacy.html", contact=_contact())


@bp.get("/.well-known/security.txt")
@public
@cached
def security() -> Response:
    """Whom to tell about a weakness (RFC 9116). It expires with the next year, so that it stays the same for long."""
    lines = (
        f"Contact: mailto:{_contact()}",
        f"Expires: {clock.now().year + 1}-12-31T23:59:59Z",
        "Preferred-Languages: en",
        f"Canonical: {_absolute('/.well-known/security.txt')}",
    )
    return _text("\n".join(lines))


@bp.get("/robots.txt")
@public
@cached
def robots() -> Response:
    """What search engines may read."""
    hidden = [f"Disallow: {path}" for path in PRIVATE]
    return _text("\n".join(["User-agent: *", *hidden, f"Sitemap: {_absolute('/sitemap.xml')}"]))


@bp.get("/sitemap.xml")
@public
@cached
def sitemap() -> Response:
    """Every public page (sitemaps.org 0.9); where they are more than one file holds, an index of as many files."""
    number = page_number(request.args.get("page"))
    found, total = queries.site_map(limit=SITEMAP_SIZE, offset=Page.offset(number, SITEMAP_SIZE))
    files = Page(items=found, number=number, total=total, size=SITEMAP_SIZE).pages
    if number > files:
        raise NotFound
    if files > 1 and "page" not in request.args:
        paths = [url_for("site.sitemap", page=file) for file in range(1, files + 1)]
        return _xml("site/sitemap_index.xml", paths)
    still = STILL if number == 1 else ()
    return _xml("site/sitemap.xml", [*still, *(_address(kind, name) for kind, name in found)])


def _address(kind: str, name: str) -> str:
    part: dict[str, Any] = {"reference" if kind in ("action", "paper") else kind: name}
    return url_for(f"site.{kind}", **part)


def _xml(template: str, paths: Sequence[str]) -> Response:
    body = render_template(template, addresses=[_absolute(path) for path in paths])
    return Response(body, content_type="application/xml; charset=utf-8")


@bp.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    """Browsers ask for it here whatever the page says."""
    asset_url = current_app.jinja_env.globals["asset_url"]
    return redirect(asset_url("images/mark.svg"), code=302)  # type: ignore[operator]


def _contact() -> str:
    """The address that the site's mail comes from."""
    return parseaddr(current_app.config["MAIL_FROM"])[1]


def _absolute(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


def _text(body: str) -> Response:
    return make_response(body + "\n", {"Content-Type": "text/plain; charset=utf-8"})
