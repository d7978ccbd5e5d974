"""What every site owes its readers and their machines: accessibility, privacy, security contact, map, icon."""

from __future__ import annotations

from email.utils import parseaddr

from flask import Response, current_app, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from engage.core import clock
from engage.core.access import public
from engage.core.cache import cached
from engage.site import queries
from engage.site.views import bp

PRIVATE = ("/desk", "/manage/", "/admin/", "/sign-in", "/i/", "/b/", "/o/", "/q/", "/n/", "/m/")
"""What no search engine should read; everything else under these answers 404 or asks to sign in anyway."""
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
    """Every public page (sitemaps.org 0.9)."""
    found = queries.site_map()
    paths = [
        *STILL,
        *(url_for("site.programme", programme=slug) for slug in found.programmes),
        *(url_for("site.event", event=slug) for slug in found.events),
        *(url_for("site.theme", theme=slug) for slug in found.themes),
        *(url_for("site.action", reference=reference) for reference in found.actions),
        *(url_for("site.paper", reference=reference) for reference in found.papers),
    ]
    body = render_template("site/sitemap.xml", addresses=[_absolute(path) for path in paths])
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
