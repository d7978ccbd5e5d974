"""The HTML of every page, read by the Nu checker; and each page's title says where one is."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from engage import bootstrap_assets
from tests.factories.pages import REFUSALS, SEES_ALL, SeenPage, every_page, places

pytestmark = pytest.mark.one_store
NU = Path(__file__).resolve().parent.parent / "nu"
ALLOWED = {
    # GOV.UK's date input says it on purpose: JAWS 18 with Firefox reads a fieldset's legend only so.
    "The “group” role is unnecessary for element “fieldset”.",
}


@pytest.fixture
def seen(
    app: Flask,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    post: Callable[[], list[EmailMessage]],
    monkeypatch: pytest.MonkeyPatch,
) -> list[SeenPage]:
    monkeypatch.setitem(app.config, "DEMO", True)
    return every_page(app, sign_in, post, of=places(app))


@pytest.mark.java
def test_the_nu_checker_finds_nothing(
    app: Flask,
    seen: list[SeenPage],
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    texts = {page.endpoint: page.html for page in seen}
    knows, anybody = sign_in(app.test_client(), SEES_ALL), app.test_client()
    for page in (page for page in seen if page.asks):
        answer = (knows if page.guarded else anybody).post(page.url, data=page.token)
        if answer.status_code == 422:
            texts[f"{page.endpoint} sent empty"] = answer.get_data(as_text=True)
    monkeypatch.setitem(app.view_functions, "site.privacy", lambda: abort(int(request.args["code"])))
    for code in REFUSALS:
        texts[str(code)] = anybody.get(f"/privacy?code={code}").get_data(as_text=True)
    for name, text in texts.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    found = nu(tmp_path)
    assert found == [], "\n".join(found)


def test_every_title_says_where_one_is(seen: list[SeenPage]) -> None:
    """No two pages are called the same, and each names the thing that it is about."""
    titles: dict[str, list[str]] = {}
    for page in seen:
        titles.setdefault(page.title, []).append(page.endpoint)
    assert {title: endpoints for title, endpoints in titles.items() if len(endpoints) > 1} == {}
    assert [page.title for page in seen if not re.fullmatch(r".*\w.* – engage", page.title)] == []
    vague = [f"{page.url}: {page.title}" for page in seen if not _names_its_thing(page)]
    assert vague == [], "\n".join(vague)


def _names_its_thing(page: SeenPage) -> bool:
    """What the address names, the title names: an event, theme group or programme, an outcome or action."""
    named = re.match(r"(?:/manage)?/(?:programmes|themes|events|actions|outcomes)/(?!new$)([\w-]+)", page.url)
    return not named or named[1].replace("-", " ").casefold() in page.title.replace("-", " ").casefold()


def nu(folder: Path) -> list[str]:
    """What the Nu checker says of the pages in a folder: errors and warnings, a line each."""
    bootstrap_assets.install(NU)
    jar = NU / "node_modules/vnu-jar/build/dist/vnu.jar"
    line = ["java", "-Xss2m", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", str(folder)]
    said = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    return [
        f"{unquote(Path(one['url']).stem)}: {one['message']} … {one.get('extract', '')!r}"
        for one in json.loads(said)["messages"]
        if one["message"] not in ALLOWED
    ]
