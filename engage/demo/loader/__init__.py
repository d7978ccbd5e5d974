"""Tells the story to an empty store, through the verbs that people's own work goes through.

The clock stands at each instant of the story while it is told, so that history, references and dates are those of
then. Every message is born sent: the demonstration mails nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from engage.accounts.queries import count
from engage.core import clock
from engage.core.db import db
from engage.demo import reading
from engage.demo.loader.course import scenes
from engage.demo.loader.playing import play, settle
from engage.demo.loader.stage import Stage
from engage.programmes.queries import published


class NotEmpty(Exception):
    """There is somebody's work in the store: the story is told to an empty one only."""


def is_empty(app: Flask) -> bool:
    """Whether the store holds neither an account nor a published programme."""
    with app.app_context():
        return not count() and not published()


def load(app: Flask) -> None:
    """Tell the whole story, the live programme's dates counted from now. Raises `NotEmpty`, `StoryBroken`."""
    if not is_empty(app):
        raise NotEmpty("the demonstration is loaded into an empty store only")
    now = clock.now()
    story = reading.read(now=now)
    with app.app_context(), _born_sent():
        play(scenes(Stage(story), now))
        settle(now)


def accounts() -> list[tuple[str, str]]:
    """Who can sign in: the role in words, and the address. The administrator comes first."""
    story = reading.read(now=clock.now())
    names = {programme.slug: programme.name for programme in story.programmes}
    return [
        ("Administrator", story.email(user.person))
        if user.role is None
        else (f"{user.role.replace('_', ' ').capitalize()}, {names[user.programme]}", story.email(user.person))
        for user in sorted(story.users, key=lambda user: not user.admin)
    ]


@contextmanager
def _born_sent() -> Iterator[None]:
    """Messages of this session's units of work are written as sent long ago: see `core.outbox.born_sent`."""
    info = db.session().info
    info["mail_born_sent"] = True
    try:
        yield
    finally:
        info.pop("mail_born_sent", None)
