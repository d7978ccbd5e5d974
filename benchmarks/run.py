"""The run: one store after the other, each measured by the same steps, and the table of all."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask

from benchmarks import content, inside, outside, served, stores
from benchmarks.load import Clients
from benchmarks.outside import Bench, Beside
from benchmarks.rows import Row, markdown, number
from benchmarks.stores import Store
from engage import __version__
from engage.accounts import service as accounts
from engage.app import create_app
from engage.attendance.models import CheckIn, Registration
from engage.cli import store as migrations
from engage.core import clock
from engage.core.db import db, saving
from engage.core.outbox import OutboxMail
from engage.events.models import Event

PAGES = (("event page", content.EVENT), ("theme page", content.THEME), ("programme page", content.PROGRAMME))
READ, READ_CPU, UNCHANGED, CHECKED_IN = 1_500, 0.7, 3_000, 300
BOOKED = {"SQLite": 150, "PostgreSQL": 200}
STAFF_MS, STAFF_SQL = 60, 8
MEMORY, COLD, WEIGHT, SCRIPTS = 120, 1.5, 120, 20
MOST_BOOKINGS = 3_000


def main() -> None:
    asked = _arguments()
    began = time.monotonic()
    clients = Clients(outside.SENDERS)  # first of all: they are forked
    with ExitStack() as running:
        bare = running.enter_context(served.bare())
        bench = Bench(clients, bare, asked.seconds)
        here = [running.enter_context(stores.sqlite())]
        server = None if asked.sqlite_only else stores.postgres_here(asked.postgres)
        if server:
            here.append(running.enter_context(stores.postgres(server)))
        print(_conditions(), flush=True)
        for store in here:
            rows = list(_measured(bench, store))
            print(f"\n### {store.name}\n\n{markdown(rows)}", flush=True)
        if not server and not asked.sqlite_only:
            print("\nPostgreSQL did not answer: not measured.")
    clients.close()
    print(f"\nTook {time.monotonic() - began:.0f} s.")


def _arguments() -> argparse.Namespace:
    known = argparse.ArgumentParser(prog="python3 -m benchmarks", description="Measures this checkout.")
    known.add_argument("--seconds", type=float, default=2.0, help="length of one stretch of reading (default 2)")
    known.add_argument("--postgres", metavar="URL", help="a server on which a database may be made")
    known.add_argument("--sqlite-only", action="store_true")
    return known.parse_args()


def _conditions() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    now = clock.now()
    return (
        f"{now:%d %B %Y}, engage {__version__}, Python {platform.python_version()}, {os.cpu_count()} cores ({model}), "
        f"load before the start {os.getloadavg()[0]:.1f}\n"
        f"Command: `python3 -m benchmarks {' '.join(sys.argv[1:])}`".rstrip("` ")
        + "`"
    )


def _say(what: str) -> None:
    print(f"  … {what}", file=sys.stderr, flush=True)


def _measured(bench: Bench, store: Store) -> Iterator[Row]:
    port = served.free_port()
    settings = store.settings(port)
    _say(f"{store.name}: filling a store")
    migrations.upgrade(settings)
    app = create_app(settings)
    filled = content.fill(app)
    _say(f"{store.name}: inside one process")
    anew = {path: inside.made(app, inside.visitor(app), path) for _, path in PAGES}
    staff = list(_staff(app, filled))
    weight = _weight(app)
    link = _link(app)
    with app.app_context():
        db.engine.dispose()
    environment = store.environment()
    _say(f"{store.name}: cold starts")
    colds = []
    for _ in range(3):
        with served.engage(environment, port=port, path=content.EVENT) as server:
            colds.append(server.cold)
    with served.engage(environment, port=port, path=content.EVENT) as server:
        yield from _pages(bench, server, anew)
        _say(f"{store.name}: check-ins")
        cookie = outside.sign_in(port, link)
        ticks = outside.check_ins(port, filled.many, filled.tickets, cookie)
        yield _rate("check-ins", bench.send(server, ticks), floor=CHECKED_IN)
        _say(f"{store.name}: bookings, mail being sent meanwhile")
        forms = outside.bookings(port, filled.book, MOST_BOOKINGS)
        yield _rate("bookings, mail queued and being sent beside it", bench.send(server, forms))
        memory = server.memory()
    with served.engage(environment, port=port, path=content.EVENT, sending=False) as server:
        _say(f"{store.name}: bookings, mail queued")
        forms = outside.bookings(port, filled.queue, MOST_BOOKINGS)
        yield _rate("bookings, mail queued", bench.send(server, forms), floor=BOOKED[store.name])
    yield _whole(app, filled)
    if store.name == "SQLite":
        yield Row("(one writer's durable commits on this disk)", f"{number(outside.commits(store.folder))}/s")
    yield from staff
    yield _memory(memory)
    cold = statistics.median(colds)
    yield Row("cold start to the first page", f"{number(cold)} s", floor=f"≤{COLD} s", kept=cold <= COLD)
    yield from weight


def _pages(bench: Bench, server: served.Served, anew: dict[str, inside.Made]) -> Iterator[Row]:
    for what, path in PAGES:
        _say(f"{what}")
        made = anew[path]
        counts = f"{made.cold} · {made.again}"
        cold = f" (anew {number(made.cpu)})"
        few = made.cold <= 3 and made.again <= 1
        beside = bench.read(server, path)
        yield _rate(what, beside, floor=READ, cpu=READ_CPU, statements=counts, also=few, note=cold)
        tag = outside.etag(server.port, path)
        yield _rate(f"{what}, If-None-Match", bench.read(server, path, status=304, If_None_Match=tag), floor=UNCHANGED)
    path = f"{content.EVENT}.ics"
    tag = outside.etag(server.port, path)
    yield _rate("event .ics", bench.read(server, path), floor=UNCHANGED)
    yield _rate("event .ics, If-None-Match", bench.read(server, path, status=304, If_None_Match=tag), floor=UNCHANGED)


def _rate(
    what: str,
    beside: Beside,
    *,
    floor: float | None = None,
    cpu: float | None = None,
    statements: str = "",
    also: bool = True,
    note: str = "",
) -> Row:
    words = "" if floor is None else f"{floor:,.0f}/s" + (f", ≤{cpu} ms, ≤3 · ≤1 SQL" if cpu else "")
    kept = None if floor is None else beside.rate >= floor and (cpu is None or beside.cpu <= cpu) and also
    return Row(
        what,
        f"{number(beside.rate)}/s",
        f"{beside.ratio:.2f} of {number(beside.bare)}",
        f"{beside.cpu:.2f}{note}, bare {beside.bare_cpu:.2f}",
        statements,
        words,
        kept,
    )


def _staff(app: flask.Flask, filled: content.Content) -> Iterator[Row]:
    client = inside.signed_in(app, content.STAFF)
    lists = (
        (f"staff: list of {content.LIST} registrations", "/manage/events/{}/registrations", filled.many, filled.few),
        (f"staff: list of {content.LIST} invitations", "/manage/events/{}/invitations", filled.many, filled.few),
        (f"staff: door list of {content.LIST}", "/manage/events/{}/check-in", filled.many, filled.few),
        (f"staff: register of {content.ACTIONS:,} actions", "/manage/actions?page={}", "1", "20"),
        ("the same, words and overdue only", "/manage/actions?overdue=y&q=releases&page={}", "1", "2"),
        ("public register of actions, made anew", "/actions?page={}", "1", "2"),
    )
    for what, path, many, few in lists:
        long, short = inside.made(app, client, path.format(many)), inside.made(app, client, path.format(few))
        kept = long.cpu <= STAFF_MS and long.cold <= STAFF_SQL and long.cold == short.cold
        yield Row(
            what,
            f"{number(long.wall)} ms",
            cpu=number(long.cpu),
            statements=f"{long.cold}" if long.cold == short.cold else f"{long.cold} (few rows: {short.cold})",
            floor=f"≤{STAFF_MS} ms, ≤{STAFF_SQL} SQL",
            kept=kept,
        )


def _weight(app: flask.Flask) -> Iterator[Row]:
    weight = inside.weight(inside.visitor(app), content.EVENT)
    parts = ", ".join(f"{kind} {size:.0f}" for kind, size in weight.parts.items())
    yield Row(
        "event page, first visit",
        f"{weight.sent:.0f} KB ({parts})",
        floor=f"≤{WEIGHT} KB, JS ≤{SCRIPTS}",
        kept=weight.sent <= WEIGHT and weight.scripts <= SCRIPTS,
    )
    yield Row("the same, to a reader who takes nothing packed", f"{weight.plain:.0f} KB")


def _memory(memory: tuple[float, float]) -> Row:
    rss, pss = memory
    return Row(
        "memory of a web process after all that (RSS)",
        f"{rss:.0f} MB (its share, PSS: {pss:.0f})",
        floor=f"≤{MEMORY} MB",
        kept=rss <= MEMORY,
    )


def _link(app: flask.Flask) -> str:
    with app.app_context():
        with saving():
            url = accounts.sign_in_link_for(content.STAFF)
        db.session.remove()
    return url.removeprefix(app.config["BASE_URL"])


def _whole(app: flask.Flask, filled: content.Content) -> Row:
    """Every acknowledged booking and check-in is there, each booking with its mail."""
    with app.app_context():
        booked = db.session.scalar(
            db.select(db.func.count())
            .select_from(Registration)
            .join(Event)
            .where(Event.slug.in_((filled.book, filled.queue)))
        )
        mails = db.session.scalar(
            db.select(db.func.count())
            .select_from(OutboxMail)
            .where(OutboxMail.once.startswith("move:"), OutboxMail.to_address.startswith("visitor"))
        )
        arrived = db.session.scalar(
            db.select(db.func.count())
            .select_from(CheckIn)
            .join(Registration)
            .join(Event)
            .where(Event.slug == filled.many)
        )
        db.session.remove()
        db.engine.dispose()
    return Row(
        "(stored in all: bookings · their mails · check-ins)",
        f"{booked:,} · {mails:,} · {arrived:,}",
        kept=booked == mails,
    )
