"""`engage demo`: the demonstration, on a store of its own under the data folder."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from functools import partial

import click

from engage.accounts.queries import users
from engage.bootstrap import try_lock
from engage.cli import server, store
from engage.config import Settings, WrongSetting, load_settings
from engage.programmes.queries import by_id

HOST = "127.0.0.1"
LOADED = "loaded"
"""A mark in the data folder: the story is in the store, whole."""


def settings_for(port: int) -> Settings:
    """Embedded SQLite and mail to files, whatever the environment says: a demonstration writes to nobody.

    A folder of its own, so that `--reset` can never meet somebody's real store.
    """
    return load_settings(
        data_dir=load_settings(database_url="").data_dir / "demo",
        database_url="",
        redis_url="",
        smtp_url="",
        base_url=f"http://{HOST}:{port}",
        trusted_proxies=0,
        demo=True,
        testing=False,
    )


def run(*, port: int, reset: bool) -> None:
    """Migrate, load where the store is empty, serve, and say how to sign in. Raises `WrongSetting`."""
    settings = settings_for(port)
    server.refuse_taken(HOST, port)
    with _alone(settings):
        mark = settings.data_dir / LOADED
        if reset or not mark.exists():  # without the mark, an earlier load was cut short: begin again
            _empty(settings)
        if store.standing(settings) != store.head():
            store.upgrade(settings)
        if not mark.exists():
            _load(settings)
            mark.touch()
        ready = partial(_say, settings, _roles(settings))
        server.serve(settings, host=HOST, port=port, ready=ready)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One demonstration at a time on one data folder. Raises `WrongSetting` for the second."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir.parent / "demo.lock").open("a+b") as file:
        if not try_lock(file):
            told = f"A demonstration already runs on {settings.data_dir}: stop it, or set ENGAGE_DATA_DIR."
            raise WrongSetting(told)
        yield


def _empty(settings: Settings) -> None:
    shutil.rmtree(settings.data_dir)
    settings.data_dir.mkdir(parents=True)


def _load(settings: Settings) -> None:
    from engage.demo import loader

    click.echo("engage: loading the demonstration …", err=True)
    began = time.monotonic()
    loader.load(server.prepared(settings))
    click.echo(f"engage: loaded in {time.monotonic() - began:.0f} s", err=True)


def _roles(settings: Settings) -> list[tuple[str, str]]:
    """Who can sign in: what they are, and their address. Administrators come first."""
    app = server.prepared(settings)
    with app.app_context():
        people = users(limit=100)
        found = [("Administrator", user.email) for user in people if user.is_admin]
        for user in people:
            for grant in user.grants:
                programme = by_id(grant.programme_id)
                role = grant.role.value.replace("_", " ").capitalize()
                found.append((f"{role}, {programme.name if programme else ''}", user.email))
    return found


def _say(settings: Settings, roles: list[tuple[str, str]]) -> None:
    """The one line that scripts wait for, then the words for people."""
    base = settings.base_url
    click.echo(f"Ready: {base}")
    click.echo(
        f"\nTo sign in, give one of these addresses at {base}/sign-in and open the link that comes to {base}/demo/mail"
    )
    widest = max((len(role) for role, _ in roles), default=0)
    for role, address in roles:
        click.echo(f"  {role:<{widest}}  {address}")
    click.echo("Stop with Ctrl+C.")
