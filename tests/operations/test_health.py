"""Health: 200 or 503 and which part, for machines; in words for the administrator."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engage.core import jobs, worker
from engage.core.db import db, saving
from engage.core.jobs import Job, JobState
from engage.operations.queries import health
from tests.factories.accounts import a_user, an_administrator
from tests.operations.test_messages import send
from tests.reader import words

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forget():
    health.remembered.forget()


@pytest.fixture
def beating(app, at):
    """The worker ran a moment ago."""
    at(NOON)
    worker.run_minutely()


@pytest.fixture
def failed_job(app) -> Job:
    with saving():
        row = jobs.put("accounts/send_link", args={"user": 0, "next_url": ""})
        row.state, row.attempts, row.last_error = JobState.FAILED, 5, "ValueError: no"
    return row


def test_live_asks_nothing(client, query_log):
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "live"})
    assert query_log == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_when_all_parts_answer(client, beating):
    answer = client.get("/health/ready")
    assert answer.json == {"status": "ready", "store": "ok", "mail": "ok", "worker": "ok"}
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_worker_that_never_ran_or_stopped_is_named(client, at):
    at(NOON)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json == {"status": "not ready", "store": "ok", "mail": "ok", "worker": "unavailable"}
    worker.run_minutely()
    at(NOON + timedelta(minutes=3))
    assert client.get("/health/ready").status_code == 200
    at(NOON + timedelta(minutes=3, seconds=1))
    assert client.get("/health/ready").json["worker"] == "unavailable"


def test_a_mail_server_that_does_not_answer_is_named_and_asked_seldom(app, client, beating, monkeypatch):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://user:secret@127.0.0.1:{port}")
        assert client.get("/health/ready").json["mail"] == "ok"
    assert client.get("/health/ready").json["mail"] == "ok"  # remembered
    health.remembered.forget()
    answer = client.get("/health/ready")
    assert answer.json["mail"] == "unavailable"
    assert "secret" not in answer.get_data(as_text=True)


def test_a_mail_folder_that_cannot_be_written_to_is_named(app, client, beating, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("mail"))  # root may write anywhere
    (Path(app.config["DATA_DIR"]) / "mail").mkdir(exist_ok=True)
    assert client.get("/health/ready").json["mail"] == "unavailable"


def test_a_data_folder_that_is_gone_is_named(app, client, beating, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path / "gone"))
    assert client.get("/health/ready").json["mail"] == "unavailable"


def test_a_store_that_does_not_answer_is_named_and_nothing_is_told(client, beating, monkeypatch):
    def gone(*_args, **_more):
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("password"))

    monkeypatch.setattr(db.session, "scalar", gone)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "store": "unavailable", "mail": "ok", "worker": "unavailable"}


# --- the administrator's pages -----------------------------------------------------------------------------------


@pytest.fixture
def admin(client, sign_in):
    an_administrator()
    return sign_in(client, "ada@engage.example")


def test_the_overview_names_what_needs_somebody(admin, at, failed_job):
    page = words(admin.get("/admin"))
    assert "See what is wrong with: the worker" in page
    assert "Look at 1 job that failed" in page


def test_the_overview_of_a_site_in_order(admin):
    worker.run_minutely(force=False)
    assert "Nothing needs you" in words(admin.get("/admin"))


def test_health_in_words(admin, failed_job):
    worker.run_minutely()
    page = words(admin.get("/admin/health"))
    assert "Mail goes to files under the data folder." in page
    assert "accounts/tidy" in page
    assert "ValueError: no" in page


def test_a_job_is_tried_again(admin, failed_job):
    answer = send(admin, f"/admin/jobs/{failed_job.key}/retry")
    assert answer.location == "/admin/health"
    assert (failed_job.state, failed_job.attempts) == (JobState.QUEUED, 0)
    db.session.rollback()
    worker.run_all()
    assert failed_job.state is JobState.DONE
    send(admin, f"/admin/jobs/{failed_job.key}/retry")
    assert "Only work that was given up is tried again." in words(admin.get("/admin/health"))


def test_nobody_else_tries_a_job_again(app, client, sign_in, failed_job):
    a_user()
    sign_in(client, "sam@engage.example")
    assert send(client, f"/admin/jobs/{failed_job.key}/retry").status_code == 404
    assert failed_job.state is JobState.FAILED


@pytest.mark.parametrize("count", [1, 3])
def test_health_asks_a_fixed_number_of_queries(admin, query_log, count):
    for _n in range(count):
        with saving():
            jobs.put("accounts/send_link", args={"user": 0}).state = JobState.FAILED
    query_log.clear()
    admin.get("/admin/health")
    assert len(query_log) == 9  # session; person; ready; four figures; beats; failed
