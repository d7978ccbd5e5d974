"""The embedded executor: one thread that sends mail, runs jobs, and once a minute moves what falls due by time.

Several may run side by side on one store: leases keep them apart. A beat is written each round, so that health can
say when work last moved.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Set
from contextlib import closing
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock, jobs, leases, mail, outbox
from engage.core.db import Model, after_saving, db, saving

log = structlog.get_logger()


class Beat(Model):
    """When each piece of the clock last ran."""

    __tablename__ = "beat"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    at: Mapped[datetime]


class Worker:
    """The executor's thread. `start()` and `stop()` are safe from any thread; a daemon, it never holds an exit."""

    def __init__(self, app: Flask, *, pause: float = 2.0) -> None:
        self.app = app
        self.pause = pause
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engage-worker", daemon=True)

    def start(self) -> None:
        after_saving.append(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=10)
        after_saving.remove(self._wake.set)

    def _run(self) -> None:
        self._wake.wait(self.pause)  # whoever asks for the first page goes before work that can wait
        while not self._stop.is_set():
            self._wake.clear()
            try:
                with self.app.app_context():
                    run_minutely()
                with self.app.app_context():
                    run_all()
            except Exception:
                log.exception("worker round failed")
                time.sleep(1)
            self._wake.wait(self.pause)


def run_all(*, most: int = 1000) -> int:
    """Do what is due now: jobs, then mail, one by one; returns how many. Needs an application context."""
    done = 0
    with closing(mail.transport()) as way:  # one connection for all
        while done < most and (run_one_job() or send_one(way)):
            done += 1
    return done


def run_minutely(*, force: bool = False) -> None:
    """Run each piece of the minute clock unless one ran in the last minute; one piece's failure stops no other."""
    for name in sorted(jobs.MINUTELY) if force else _take_turns():
        try:
            jobs.MINUTELY[name]()
        except Exception:
            db.session.rollback()
            log.exception("minute clock", piece=name)


def _take_turns() -> list[str]:
    """The pieces that nobody ran in the last minute, now marked as this process's.

    One plain read where nothing is due, one small unit of work a minute where it is: every commit empties the page
    cache of every process. Of two processes that come at once, one gets each piece.
    """
    now = clock.now()
    ran = {name for name, beat in _beats().items() if _just(beat, now)}
    db.session.rollback()
    if jobs.MINUTELY.keys() <= ran:
        return []
    with saving():
        known = _beats(for_update=True)
        mine = {name for name, beat in known.items() if not _just(beat, now)}
        for name in mine:
            known[name].at = now
        return sorted(mine | _first_beats(jobs.MINUTELY.keys() - known.keys(), now))


def _beats(*, for_update: bool = False) -> dict[str, Beat]:
    """By name, in order, so that all who lock them do so in the same order."""
    query = sa.select(Beat).where(Beat.name.in_(jobs.MINUTELY)).order_by(Beat.name)
    return {beat.name: beat for beat in db.session.scalars(query.with_for_update() if for_update else query)}


def _just(beat: Beat, now: datetime) -> bool:
    """Either way: a clock that was put back must not stop the work, nor one that is a little ahead double it."""
    return abs(now - beat.at) < timedelta(minutes=1)


def _first_beats(names: Set[str], now: datetime) -> Set[str]:
    """Write these; none where another process writes its first ones at the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add_all(Beat(name=name, at=now) for name in sorted(names))
    except IntegrityError:
        return set()
    return names


def run_one_job() -> bool:
    """Claim and run the first due job. False where none waits."""
    if not leases.any_waiting(jobs.Job):
        return False
    with saving():
        row = leases.claim(jobs.Job)
        claimed = (row.id, row.kind, dict(row.args)) if row else None
    if claimed is None:
        return False
    ident, kind, args = claimed
    try:
        jobs.HANDLERS[kind](**args)
    except Exception as why:
        db.session.rollback()
        log.exception("job failed", kind=kind)
        with saving():
            leases.put_off(jobs.Job, ident, f"{type(why).__name__}: {why}", most=jobs.ATTEMPTS)
    else:
        with saving():
            jobs.mark_done(ident)
    return True


def send_one(way: mail.Transport) -> bool:
    """Claim, render, send and mark one message, each step committed alone. False where none waits."""
    if not leases.any_waiting(outbox.OutboxMail):
        return False
    with saving():
        row = leases.claim(outbox.OutboxMail)
        ident = row.id if row else None
    if ident is None:
        return False
    try:
        octets = _rendered(ident)
        if octets is not None:
            row = db.session.get_one(outbox.OutboxMail, ident)
            to, name = (
                row.to_address,
                f"{row.queued_at:%Y%m%dT%H%M%S}-{row.id:06d}-{row.mail.replace('/', '-')}",
            )
            db.session.rollback()
            way.send(sender=mail.sender(), to=to, octets=octets, name=name)
    except Exception as why:
        db.session.rollback()
        final = isinstance(why, mail.NotSent) and why.final
        if not isinstance(why, mail.NotSent):
            log.exception("mail failed", mail=ident)
        told = str(why) or type(why).__name__
        with saving():
            leases.put_off(outbox.OutboxMail, ident, told, most=outbox.ATTEMPTS, final=final)
        return True
    with saving():
        if octets is None:
            outbox.abandon(ident)
        else:
            outbox.mark_sent(ident)
    return True


def _rendered(ident: int) -> bytes | None:
    """The kept octets, or freshly rendered ones kept before the first try."""
    row = db.session.get_one(outbox.OutboxMail, ident)
    if row.content is not None:
        return row.content
    with clock.at(row.queued_at):
        made = mail.render(row)
    if made is not None:
        subject = mail.subject_of(made)
        with saving():
            kept = db.session.get_one(outbox.OutboxMail, ident)
            kept.content = made
            kept.subject = subject[:300]
    return made
