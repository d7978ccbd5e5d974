"""The `engage` command. Each command imports what it needs when it runs, so that all start at once.

Every command exits non-zero on failure and says why in one line (docs/decisions/bootstrap.md).
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import click

from engage import __version__

PORT = click.IntRange(1, 65535)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="engage")
def cli() -> None:
    """Convene people, record what was agreed, and show whether it was kept."""


@cli.command()
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Throw the demonstration's store away first.")
def demo(port: int, reset: bool) -> None:
    """Set up, load the demonstration into an embedded store, and serve it."""
    gc.disable()  # until the application is made (`server.prepared`): a tenth of the start
    from engage.cli import demonstration

    demonstration.run(port=port, reset=reset)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Web processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the configured store, sending mail and running jobs beside it."""
    gc.disable()  # as above
    from engage.cli import server, store
    from engage.config import load_settings

    settings = load_settings(demo=False, testing=False)
    store.refuse_unless_current(settings)
    ready = partial(click.echo, f"Ready: {settings.base_url}")
    server.serve(settings, host=host, port=port, workers=workers, ready=ready)


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]")
def test(arguments: tuple[str, ...]) -> None:
    """Run the whole test suite (in a checkout), on every core unless pytest arguments say what to run."""
    root = Path(__file__).resolve().parent.parent.parent
    if not (root / "tests").is_dir():
        raise click.ClickException("the tests are in the repository: run this in a checkout.")
    os.chdir(root)
    whole = all(a.startswith("-") for a in arguments) and "-n" not in arguments
    line = [sys.executable, "-m", "pytest", *(["-n", "auto"] if whole else []), *arguments]
    sys.exit(subprocess.call(line))  # noqa: S603 -- our own Python


@cli.command()
def check() -> None:
    """Say what is wrong with the configuration and the store, each with its cure."""
    from engage.cli import checks

    found = checks.run()
    for sentence in found:
        click.echo(f"- {sentence}")
    if found:
        raise click.ClickException(f"{len(found)} of these must be mended first.")
    click.echo("Nothing is wrong.")


@cli.command(hidden=True)
def assets() -> None:
    """Build assets/ into engage/static/ (in a checkout; the set-up does it before this line is reached)."""
    from engage import bootstrap, bootstrap_assets

    if not bootstrap.in_checkout():
        raise click.ClickException("an installed engage has its assets already.")
    if not bootstrap_assets.current():
        bootstrap_assets.build()


@cli.group()
def db() -> None:
    """The store: bring it up to date, or look for drift."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the configured store to the newest migration."""
    from engage.cli import store
    from engage.config import load_settings

    click.echo(f"The store is at {store.upgrade(load_settings())}.")


@db.command("check")
def db_check() -> None:
    """Fail where the store and the models differ."""
    from engage.cli import store
    from engage.config import load_settings

    drift = store.drift(load_settings())
    for difference in drift:
        click.echo(f"- {difference}")
    if drift:
        raise click.ClickException("the store and the models differ.")
    click.echo("The store and the models agree.")


@db.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Write a migration from what the models have and the store has not (for developers)."""
    from engage.cli import store
    from engage.config import load_settings

    store.revision(load_settings(), message)


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", help="What pages call them; by default what stands before the @.")
@click.option("--admin", is_flag=True, help="May manage accounts, the outbox and every programme's roles.")
def user_add(email: str, name: str | None, admin: bool) -> None:
    """Make an account; sign in with a one-time link (`engage sign-in-link EMAIL`, or by mail)."""
    from engage.cli import users
    from engage.config import load_settings

    address = users.add(load_settings(), email=email, name=name, admin=admin)
    click.echo(f"{address} can sign in{' and administers the site' if admin else ''}.")


@cli.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a one-time sign-in link for an account."""
    from engage.cli import users
    from engage.config import load_settings

    click.echo(users.sign_in_link(load_settings(), email=email))


def main() -> None:
    """The entry point: what a person can mend is one sentence, what they cannot is a traceback."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would read every installed package's metadata
    try:
        sys.exit(cli.main(prog_name="engage", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as helped:
        click.echo(helped.format_message())
        sys.exit(helped.exit_code)
    except click.ClickException as refused:
        click.echo(f"engage: {refused.format_message()}", err=True)
        sys.exit(refused.exit_code)
    except click.Abort:
        sys.exit(130)
    except Exception as wrong:
        from engage.cli import sentences

        sentence = sentences.of(wrong)
        if sentence is None:
            raise
        click.echo(f"engage: {sentence}", err=True)
        sys.exit(1)
