"""A demonstration says on each of its public pages that it is one; nothing else does."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.site import a_published_meeting, promises_of
from tests.reader import words

SAYS = "people, wording and figures are illustrative"


@pytest.mark.parametrize("demo", [True, False])
def test_only_a_demonstration_says_on_every_public_page_what_is_illustrative(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    monkeypatch.setitem(app.config, "DEMO", demo)
    event = a_published_meeting()
    assert event.owning_theme is not None
    pages = (
        *("/", "/programmes", "/events", "/themes", "/actions"),
        f"/programmes/{event.programme.slug}",
        f"/events/{event.slug}",
        f"/themes/{event.owning_theme.slug}",
        f"/actions/{promises_of(event)[0].reference}",
    )
    answers = {page: client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert {page: SAYS in words(answer) for page, answer in answers.items()} == dict.fromkeys(pages, demo)
