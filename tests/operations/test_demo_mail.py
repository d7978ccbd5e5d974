"""The demonstration's mail: there only, and nothing but mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from engage.core import worker
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from tests.factories.accounts import a_user
from tests.reader import words


@pytest.fixture
def demo(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.jinja_env.globals, "demo", True)
    return app


def a_mail(name: str = "Nia New", email: str = "nia@x.org") -> str:
    """Sends one; returns the name of its file."""
    from engage.accounts import service

    with saving():
        service.invite(email=email, name=name, programme_id=1, role=Role.OBSERVER, by=SYSTEM)
    db.session.rollback()
    worker.run_all()
    from engage.operations.queries import mail_files

    return mail_files(limit=1)[0][0].name


def test_without_the_demonstration_there_is_no_such_page(client):
    name = a_mail()
    assert client.get("/demo/mail").status_code == 404
    assert client.get(f"/demo/mail/{name}").status_code == 404
    assert "demo mail" not in words(client.get("/sign-in")).casefold()


def test_before_any_mail_it_says_how_to_get_some(demo, client):
    assert "No mail yet" in words(client.get("/demo/mail"))


def test_mail_is_listed_newest_first_and_read_with_its_links(demo, client):
    a_mail("Old One", "old@x.org")
    name = a_mail()
    page = words(client.get("/demo/mail"))
    assert page.index("nia@x.org") < page.index("old@x.org")
    message = client.get(f"/demo/mail/{name}")
    assert "To Nia New <nia@x.org>" in words(message)
    assert '<a href="http://localhost/sign-in"' in message.get_data(as_text=True)
    assert "an account was made for you" in words(message)


def test_signing_in_through_the_demonstrations_mail(demo, client):
    a_user()
    asked = client.post("/sign-in", data={"email": "sam@engage.example"})
    assert "/demo/mail" in asked.get_data(as_text=True)
    db.session.rollback()
    worker.run_all()
    html = client.get("/demo/mail").get_data(as_text=True)
    message = client.get("/demo/mail/" + html.split('href="/demo/mail/', 1)[1].split('"', 1)[0])
    link = message.get_data(as_text=True).split('<a href="http://localhost', 1)[1].split('"', 1)[0]
    assert client.post(link).location == "/desk"


def test_nothing_in_a_mail_becomes_part_of_the_page(demo, client):
    name = a_mail("<script>alert(1)</script> [x](javascript:alert(2)) <b onclick=x>")
    html = client.get(f"/demo/mail/{name}").get_data(as_text=True)
    assert "<script>alert" not in html
    assert 'href="javascript:' not in html
    assert "<b onclick" not in html


@pytest.mark.parametrize(
    "name",
    [
        "../secret_key",
        "..%2fsecret_key",
        "%2e%2e/secret_key",
        "x",
        "20260512T120000-000001-none",
        "a" * 500,
        "..",
        "\0",
    ],
)
def test_only_names_of_mails_are_answered(demo, client, name):
    (Path(demo.config["DATA_DIR"]) / "secret_key.eml").write_text("secret")
    assert client.get(f"/demo/mail/{name}").status_code in {404, 308}


def test_a_file_that_is_no_mail_of_ours_is_not_listed(demo, client):
    folder = Path(demo.config["DATA_DIR"]) / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "other.eml").write_text("Subject: hidden\n\nx")
    assert "hidden" not in words(client.get("/demo/mail"))
