"""Verbs of programmes (docs/domain.md#programme)."""

from __future__ import annotations

import re
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engage.accounts import service as accounts
from engage.accounts.models import RoleGrant, User
from engage.accounts.queries import users_in
from engage.core import clock
from engage.core.access import SYSTEM, Principal, Role
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Fact, changed, record
from engage.core.publication import due, instant_to_come
from engage.core.states import check_move
from engage.core.text import _, _l, slugify, zone_named
from engage.programmes import queries
from engage.programmes.facts import (
    ProgrammeAnnounced,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeEdited,
    ProgrammeNotAnnounced,
    ProgrammePublished,
    ProgrammeReopened,
)
from engage.programmes.models import MOVES, Programme, ProgrammeState, ReferenceCounter

PREFIX = re.compile(r"[A-Z]{2,8}")
RESERVED = frozenset({"new"})
"""Words that stand in the place of a programme in staff addresses."""
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class PrefixTaken(RuleBroken):
    """Another programme has the reference prefix."""


class SlugTaken(RuleBroken):
    """Another programme has, or had, the address."""


class LastConvenor(RuleBroken):
    """Without this one nobody could run the programme."""


def create(
    *,
    name: str,
    prefix: str,
    convening_body: str,
    zone: str,
    slug: str = "",
    summary: str = "",
    purpose: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Principal,
) -> Programme:
    """A new programme: active, private, without roles.

    `prefix`: 2 to 8 capital letters, unique site-wide, never changed. `slug`: given, or made from the name.
    Raises `PrefixTaken`, `SlugTaken`, `UnknownZone`, `RuleBroken`.
    """
    zone_named(zone)
    _check_words(name=name, convening_body=convening_body)
    _check_dates(starts_on, ends_on)
    _check_prefix(prefix)
    programme = Programme(
        name=name.strip(),
        prefix=prefix,
        slug=_slug(slug, name),
        convening_body=convening_body.strip(),
        zone=zone,
        summary=summary,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(programme)
    except IntegrityError as clash:
        if queries.prefix_taken(prefix):
            raise PrefixTaken(_PREFIX_TAKEN, field="prefix") from clash
        raise SlugTaken(_SLUG_TAKEN, field="slug") from clash
    _record(ProgrammeCreated(subject_id=programme.id, programme_id=programme.id), by)
    return programme


def edit(
    programme: Programme,
    *,
    name: str,
    convening_body: str,
    zone: str,
    summary: str = "",
    purpose: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    version: int,
    by: Principal,
) -> Programme:
    """Change the words and dates; address and prefix stay for ever. `version` is the one that was read.

    Raises `StaleVersion`, `UnknownZone`, `RuleBroken`.
    """
    programme = apply_due(programme.id)
    if programme.version != version:
        raise StaleVersion(_("Somebody else changed this programme while you were writing."))
    zone_named(zone)
    _check_words(name=name, convening_body=convening_body)
    _check_dates(starts_on, ends_on)
    differences = changed(
        programme,
        name=name.strip(),
        convening_body=convening_body.strip(),
        zone=zone,
        summary=summary,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    if differences:
        programme.version += 1
        _record(ProgrammeEdited(subject_id=programme.id, programme_id=programme.id, changes=differences), by)
    return programme


def publish(programme: Programme, *, by: Principal) -> Programme:
    """Make the programme public from now on; twice changes nothing. Raises `RuleBroken` without a purpose."""
    programme = apply_due(programme.id)
    if programme.published_at is None:
        _check_purpose(programme)
        _publish(programme, clock.now(), by)
    return programme


def publish_at(programme: Programme, *, at: datetime, by: Principal) -> Programme:
    """Set the publication for an instant to come, or for another one: a wall time in its zone, or an aware time.

    Raises `RuleBroken` as `publish`, and for a time that has passed or that the clocks skip.
    """
    programme = apply_due(programme.id)
    if programme.published_at is not None:
        raise RuleBroken(_("The programme is public already."))
    _check_purpose(programme)
    if changes := changed(programme, announce_at=instant_to_come(at, programme.zone)):
        _record(ProgrammeAnnounced(subject_id=programme.id, programme_id=programme.id, changes=changes), by)
    return programme


def call_off_publication(programme: Programme, *, by: Principal) -> Programme:
    """It stays private: what was set no longer holds; twice changes nothing. Raises `RuleBroken` once it is public."""
    programme = apply_due(programme.id)
    if programme.published_at is not None:
        raise RuleBroken(_("The programme is public already."))
    if changes := changed(programme, announce_at=None):
        _record(ProgrammeNotAnnounced(subject_id=programme.id, programme_id=programme.id, changes=changes), by)
    return programme


def apply_due(programme_id: int) -> Programme:
    """The programme, locked, after a publication that was set for an instant that has come."""
    programme = lock(Programme, programme_id)
    if (at := due(programme.announce_at)) is not None:
        _publish(programme, at, SYSTEM)
    return programme


def check_public_by(programme: Programme, at: datetime | None = None) -> None:
    """Raise `RuleBroken` unless the programme is public by an instant, or now: nothing under it can be before."""
    if at is None and not queries.is_public(programme):
        raise RuleBroken(_("Publish the programme first: nothing is public under a programme that is not."))
    if at is not None and (programme.public_from is None or programme.public_from > at):
        raise RuleBroken(
            _("The programme is not public by then: nothing is public under a programme that is not."), field="at"
        )


def _publish(programme: Programme, at: datetime, by: Principal) -> None:
    programme.published_at, programme.announce_at = at, None
    fact = ProgrammePublished(subject_id=programme.id, programme_id=programme.id, effective_at=at.isoformat())
    _record(fact, by)


def _check_purpose(programme: Programme) -> None:
    if not programme.summary.strip() or not programme.purpose.strip():
        raise RuleBroken(_("Write a summary and a purpose first: they are what people read on the public page."))


def close(programme: Programme, *, reason: str, by: Principal) -> Programme:
    """The programme has done its work. Raises `RuleBroken` without a reason or when it is closed already."""
    return _move(programme, ProgrammeState.CLOSED, ProgrammeClosed, reason, by)


def reopen(programme: Programme, *, reason: str, by: Principal) -> Programme:
    """A closed programme works again. Raises `RuleBroken` without a reason or when it is active already."""
    return _move(programme, ProgrammeState.ACTIVE, ProgrammeReopened, reason, by)


def give_role(programme: Programme, *, email: str, name: str, role: Role, by: Principal) -> RoleGrant:
    """Give a role to whoever has this address; a new one gets an account and is told. Raises `RuleBroken`."""
    programme = apply_due(programme.id)
    return accounts.invite(email=email, name=name, programme_id=programme.id, role=role, by=by)


def take_role(programme: Programme, *, user: User, role: Role, by: Principal) -> User:
    """Take a role back. Raises `LastConvenor` for the last one: somebody must be able to run the programme."""
    programme = apply_due(programme.id)
    if role is Role.CONVENOR:
        others = [u for u in users_in(programme.id, Role.CONVENOR) if u.id != user.id]
        if not others:
            raise LastConvenor(_("This is the only convenor. Give somebody else the role first."))
    return accounts.revoke(user, programme_id=programme.id, role=role, by=by)


def next_reference(programme_id: int, letter: str) -> str:
    """The next human reference ("HCS-A12"), counted under the programme's lock per letter; never reused."""
    programme = lock(Programme, programme_id)
    counter = db.session.scalar(
        sa.select(ReferenceCounter)
        .where(ReferenceCounter.programme_id == programme_id, ReferenceCounter.letter == letter)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if counter is None:
        counter = ReferenceCounter(programme_id=programme_id, letter=letter, last=0)
        db.session.add(counter)
    counter.last += 1
    db.session.flush()
    return f"{programme.prefix}-{letter}{counter.last}"


def _move(programme: Programme, new: ProgrammeState, fact: type[Fact], reason: str, by: Principal) -> Programme:
    programme = apply_due(programme.id)
    check_move(MOVES, programme.state, new, what=_("A programme"))
    if not reason.strip():
        raise RuleBroken(_("Say why: the reason is kept in the history."), field="reason")
    differences = changed(programme, state=new)
    _record(
        fact(subject_id=programme.id, programme_id=programme.id, reason=reason.strip(), changes=differences),
        by,
    )
    return programme


def _record(fact: Fact, by: Principal) -> None:
    db.session.flush()
    record(fact, by=by)


def _check_words(*, name: str, convening_body: str) -> None:
    if not name.strip():
        raise RuleBroken(_("Enter the name of the programme"), field="name")
    if not convening_body.strip():
        raise RuleBroken(_("Enter the body that convenes the programme"), field="convening_body")


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise RuleBroken(_("The end must be on or after the start"), field="ends_on")


def _check_prefix(prefix: str) -> None:
    if not PREFIX.fullmatch(prefix):
        raise RuleBroken(_("The reference prefix must be 2 to 8 capital letters, like HCS"), field="prefix")
    if queries.prefix_taken(prefix):
        raise PrefixTaken(_PREFIX_TAKEN, field="prefix")


def _slug(given: str, name: str) -> str:
    if given in RESERVED:
        raise SlugTaken(_SLUG_TAKEN, field="slug")
    if given:
        if not SLUG.fullmatch(given):
            raise RuleBroken(
                _("The address may hold small letters, digits and hyphens, like health-statistics"),
                field="slug",
            )
        if queries.slug_taken(given):
            raise SlugTaken(_SLUG_TAKEN, field="slug")
        return given
    wanted = slugify(name, fallback="programme")
    tries = (wanted, *(f"{wanted[:76]}-{n}" for n in range(2, 1000)))
    return next(slug for slug in tries if slug not in RESERVED and not queries.slug_taken(slug))


_PREFIX_TAKEN = _l("Another programme has this reference prefix. Choose a different one")
_SLUG_TAKEN = _l("Another programme has this address. Choose a different one")
