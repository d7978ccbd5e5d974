"""Logs and faults tell no token and nothing personal."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from engage.core import web
from engage.core.db import db, saving


def test_a_fault_names_the_kind_of_page_and_never_the_token_in_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask("faulty")
    app.add_url_rule("/i/<token>", "broken", lambda token: 1 / 0)
    monkeypatch.setattr(web.db.session, "rollback", lambda: None)
    monkeypatch.setattr(web, "render_template", lambda name, **_: name)
    web.register_errors(app)
    with capture_logs() as logs:
        answer = app.test_client().get("/i/S3cret-Token_of-somebody")
    assert (answer.status_code, answer.get_data(as_text=True)) == (500, "errors/500.html")
    assert [(line["event"], line["address"]) for line in logs] == [("unhandled", "/i/<token>")]
    assert "S3cret" not in str(logs)


def test_a_statement_that_fails_tells_no_values(app: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed, saving():
        db.session.execute(sa.text("SELECT nothing FROM nowhere WHERE address = :to"), {"to": "ann@example.org"})
    assert "ann@example.org" not in str(failed.value)
