"""`create_app`: one application from one frozen `Settings`. An endpoint that declares no access stops it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel, get_translations
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from engage import tables, wiring
from engage.config import Settings, load_settings
from engage.core import access, clock, logs, text, web
from engage.core.cache import Front, PageCache, lasting
from engage.core.db import db, engine_options
from engage.core.limits import limiter

HERE = Path(__file__).parent
MOST_BYTES = 8 * 1024 * 1024
FILTERS = (
    "ago",
    "day",
    "day_range",
    "excerpt",
    "markdown",
    "moment",
    "moment_range",
    "month",
    "plain",
    "planned",
    "time_of_day",
    "weekday",
    "zone_words",
)
csrf = CSRFProtect()


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Templates compiled by an earlier start: compiling them is most of the first answer of each web process.

    Under the data folder, which holds the site's key as well: nobody else may write there. A changed template is
    compiled again, and all are when this file changes, which says how. Where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        how = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
        super().__init__(str(folder), f"{how}-%s.bin")

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, with SHA-256 in place of itsdangerous' SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def folder(name: str) -> Path:
    """`templates` or `migrations`: beside the package in a checkout, inside it in an installed wheel."""
    inside = HERE / name
    return inside if inside.is_dir() else HERE.parent / name


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises `WrongSetting` or `RuntimeError` with a sentence where it cannot serve."""
    settings = settings or load_settings()
    logs.configure()
    app = Flask("engage", template_folder=str(folder("templates")), static_folder=str(HERE / "static"))
    _configure(app, settings)
    db.init_app(app)
    with app.app_context():
        app.extensions["engage_pages"] = PageCache(db.engine.url)
    app.extensions["engage_tables"] = tables.metadata  # every table is known before the first query
    Babel(app, default_locale="en", default_translation_directories=str(folder("translations")))
    csrf.init_app(app)
    limiter.init_app(app)
    _sign_in(app)
    _templates(app)
    app.url_map.converters.update(web.CONVERTERS)
    for bp in wiring.blueprints():
        app.register_blueprint(bp)
    wiring.wire()
    app.view_functions["static"] = access.public(lasting(app.view_functions["static"]))
    access.check_declared(app)
    app.before_request(web.check_origin)
    app.after_request(web.headers(_csp(), settings.secure))
    web.register_errors(app)
    app.wsgi_app = Front(app.wsgi_app, app.extensions["engage_pages"])  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    hostname = settings.host.rsplit(":", 1)[0]
    app.session_interface = _Sessions()
    app.config.update(
        TESTING=settings.testing,
        DEMO=settings.demo,
        BASE_URL=settings.base_url,
        SECRET_KEY=settings.secret(),
        SMTP_URL=settings.smtp_url,
        MAIL_FROM=settings.mail_from,
        DATA_DIR=str(settings.data_dir),
        TRUSTED_HOSTS=[hostname, *(["localhost", "127.0.0.1"] if settings.demo or settings.testing else [])],
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="__Host-engage" if settings.secure else "engage",
        SESSION_REFRESH_EACH_REQUEST=False,  # no cookie is set on public pages, whoever asks
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        RATELIMIT_ENABLED=not settings.testing,
    )


def _sign_in(app: Flask) -> None:
    from engage.accounts.service import user_of_session  # noqa: PLC0415 -- the loader only

    manager = LoginManager()
    manager.session_protection = None  # the session is a revocable row; its token is the protection
    manager.user_loader(user_of_session)
    app.login_manager = manager  # type: ignore[attr-defined]
    # Not `init_app`: its "remember me", which we have not, looks into the session for every answer (Vary: Cookie).


def _templates(app: Flask) -> None:
    env = app.jinja_env
    own = jinja2.FileSystemLoader(str(folder("templates")))
    env.loader = app.jinja_loader = jinja2.ChoiceLoader(
        [own, jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})]
    )
    env.trim_blocks = env.lstrip_blocks = True
    env.bytecode_cache = _Compiled(Path(app.config["DATA_DIR"], "templates"))
    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    env.install_gettext_callables(text._, _plural, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update({name: getattr(text, name) for name in FILTERS})
    env.globals.update(
        asset_url=_assets(),
        principal=LocalProxy(access.current_principal),
        now=clock.now,
        demo=app.config["DEMO"],
        base_url=app.config["BASE_URL"],
    )


def _plural(singular: str, plural: str, num: int) -> str:
    """The raw message; Jinja's new-style gettext fills the values in."""
    return str(get_translations().ungettext(singular, plural, num))


def _assets() -> Any:
    """`asset_url('main.css')` → the content-hashed address, from the build's manifest."""
    manifest = HERE / "static" / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    return lambda name: f"/static/{names.get(name, name)}"


def _csp() -> str:
    """Scripts only from this site, and the page template's one inline script by its hash."""
    return (
        "default-src 'none'; style-src 'self'; "
        "script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
