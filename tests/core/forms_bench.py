"""A bare application to try forms in: no store, no sign-in, only what draws a form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import html5lib
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.datastructures import MultiDict

from engage.core.forms import EngageForm

F = TypeVar("F", bound=EngageForm)
TEMPLATES = Path(__file__).parents[2] / "templates"


def bench() -> Flask:
    """The application; push its `test_request_context()`."""
    app = Flask("bench")
    app.secret_key = "only for tests"
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), govuk])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return app


def sent(kind: type[F], typed: Mapping[str, Any], **kwargs: Any) -> F:
    """The form after somebody sent `typed` (lists for several of one name)."""
    form = kind(formdata=MultiDict(typed), public=True, **kwargs)
    form.validate()
    return form


def said(form: EngageForm) -> dict[str, str]:
    """What the summary says: target → words."""
    return {item.href: item.text for item in form.error_items}


def attributes(html: object, tag: str) -> list[dict[str, str]]:
    """The attributes of each such element, in order."""
    tree = html5lib.parseFragment(str(html), namespaceHTMLElements=False)
    return [dict(element.attrib) for element in tree.iter(tag)]


def text_of(html: object) -> str:
    """The words of it, white space folded."""
    tree = html5lib.parseFragment(str(html), namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).split())
