"""The mails of accounts, word for word."""

from __future__ import annotations

import re

from engage.accounts import service
from engage.core.access import SYSTEM
from engage.core.db import saving
from tests.factories.accounts import a_user

SIGN_IN = """\
Hello Sam Secretary,

follow this link and press the button there to sign in:

<http://localhost/sign-in/TOKEN>

The link works once, for ten minutes.

If you didn’t ask for it, do nothing: nobody can sign in without it.

-- \n\
You get this message because somebody asked to sign in with your address.
http://localhost
"""
ADDED = """\
Hello Nia New,

an account was made for you. There is no password: whenever you sign in, we send a link to this address.

Sign in here:

<http://localhost/sign-in>

-- \n\
You get this message because an account was made for you.
http://localhost
"""


def plain(mail) -> str:
    said = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return re.sub(r"/sign-in/[\w-]{32}", "/sign-in/TOKEN", re.sub(r"\n{3,}", "\n\n", said))


def test_the_link_to_sign_in(client, post):
    a_user()
    client.post("/sign-in", data={"email": "sam@engage.example"})
    (mail,) = post()
    assert plain(mail) == SIGN_IN
    assert mail["From"] == "engage <desk@engage.example>"
    assert mail["List-Unsubscribe"] is None
    html = mail.get_body(("html",)).get_content()
    assert re.search(r'<a href="http://localhost/sign-in/[\w-]{32}"', html)


def test_an_account_was_made(app, post):
    with saving():
        service.add_user(email="nia@x.org", name="Nia New", tell=True, by=SYSTEM)
    (mail,) = post()
    assert plain(mail) == ADDED


def test_an_account_closed_before_its_mail_went_gets_none(app, post):
    with saving():
        user = service.add_user(email="nia@x.org", name="Nia New", tell=True, by=SYSTEM)
    with saving():
        service.deactivate(user, by=SYSTEM)
    assert post() == []
