"""Making an event and changing its details (docs/domain.md#event)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy.exc import IntegrityError

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, changed
from engage.core.text import _, slugify
from engage.events import queries
from engage.events.facts import EventChanged, EventCreated
from engage.events.models import (
    BEFORE_LIVE,
    DEFAULT_ADMISSION,
    HOLDS_SEATS,
    Admission,
    Event,
    EventKind,
    EventState,
    Precision,
)
from engage.events.service import effects
from engage.events.service.defaults import take_defaults
from engage.events.service.due import apply_due
from engage.events.service.placing import carry
from engage.events.service.when import When, instant_of
from engage.people.models import Person, PersonState
from engage.programmes.models import Programme, ProgrammeState

S = EventState
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
WORDS = frozenset(
    {"title", "summary", "description", "access_information", "chair_id", "secretary_id", "non_attributed"}
)
"""What may still be changed once the event took place."""
VENUE = frozenset({"town", "place"})
DATE = frozenset({"precision", "zone", "starts_local", "ends_local", "starts_fold", "ends_fold"})
LENGTHS = {"title": 200, "summary": 400, "town": 120, "place": 300, "online_link": 500}


class Details(TypedDict, total=False):
    """What can be said of an event; what is left out stays as it is, or takes the default of its kind.

    `starts`, `ends`: naive wall times in `zone`, or dates; see `When.checked`. `registration_opens` and
    `registration_closes`: wall times there, or aware. `capacity`, `per_organisation` None: no limit.
    """

    admission: Admission
    summary: str
    description: str
    zone: str
    precision: Precision
    starts: datetime | date | None
    ends: datetime | date | None
    town: str
    place: str
    online_link: str
    access_information: str
    capacity: int | None
    reserved: int
    per_organisation: int | None
    holds_seats: bool
    non_attributed: bool
    registration_opens: datetime | None
    registration_closes: datetime | None
    chair: Person | None
    secretary: Person | None


class Changes(Details, total=False):
    """What can be said of an event that is there."""

    title: str
    kind: EventKind


def create(
    programme: Programme,
    *,
    title: str,
    kind: EventKind,
    slug: str = "",
    by: Principal,
    **details: Unpack[Details],
) -> Event:
    """A new event: a draft, private. `slug`: made from the title if not given, and then for ever. What is not given is
    as its programme set it for the kind, else as it is for the kind.

    Raises `RuleBroken` (with the field) for what cannot be, or in a closed programme.
    """
    found = queries.defaults_of(programme.id, kind)
    if found is None:
        return make(programme, title=title, kind=kind, slug=slug, by=by, **details)
    details.setdefault("admission", found.admission)
    details.setdefault("holds_seats", found.holds_seats)
    details.setdefault("capacity", found.capacity)
    event = make(programme, title=title, kind=kind, slug=slug, by=by, **details)
    take_defaults(event, found, by=by)
    return event


def make(
    programme: Programme,
    *,
    title: str,
    kind: EventKind,
    slug: str = "",
    by: Principal,
    **details: Unpack[Details],
) -> Event:
    """The same, whatever the programme set for the kind."""
    programme = lock(Programme, programme.id)
    if programme.state is ProgrammeState.CLOSED:
        raise RuleBroken(_("This programme is closed: reopen it before you plan an event."))
    now = clock.now()
    event = Event(
        programme_id=programme.id,
        programme=programme,
        title=_title(title),
        slug=_slug(slug, title),
        kind=kind,
        admission=DEFAULT_ADMISSION[kind],
        holds_seats=kind in HOLDS_SEATS,
        zone=programme.zone,
        state=S.DRAFT,
        precision=Precision.TO_BE_CONFIRMED,
        sequence=0,
        reserved=0,
        stamped_at=now,
        created_at=now,
    )
    effects.put_date(event, _when(event, details))
    changed(event, **_columns(event, details))
    _check(event)
    try:
        with db.session.begin_nested():
            db.session.add(event)
    except IntegrityError as clash:
        if not queries.slug_taken(event.slug):
            raise
        raise RuleBroken(_slug_taken(), field="slug") from clash
    effects.note(EventCreated(subject_id=event.id, programme_id=event.programme_id), by)
    return event


def edit(event: Event, *, version: int, reason: str = "", by: Principal, **new: Unpack[Changes]) -> Event:
    """Change what is given; the address stays for ever. `version` is the one that was read. `reason`: why fewer places
    are left than are taken; without one that is refused.

    A draft takes any date. From then on only what says more of the date that was announced, or other hours of the
    same day: another day is a postponement, which is one act of its own and asks those who accepted. Raises
    `StaleVersion` when somebody saved meanwhile, `RuleBroken` (with the field) for what cannot be.
    """
    event = apply_due(event)
    if event.version != version:
        raise StaleVersion(_("Somebody else changed this event while you were writing."))
    if event.state in (S.CANCELLED, S.ARCHIVED):
        raise RuleBroken(_("An event that is cancelled or archived stays as it was."))
    changes = _change(event, new)
    if not changes:
        return event
    fields = {change.field for change in changes}
    news = bool(fields & (DATE | VENUE)) and event.state is not S.DRAFT
    effects.touch(event, sequence=news)
    if fields & DATE and event.state is not S.DRAFT:
        effects.keep_date(event)
    if fields & DATE:
        carry(event)
    event.version += 1
    fact = EventChanged(
        subject_id=event.id, programme_id=event.programme_id, changes=changes, calendar=news, reason=reason.strip()
    )
    effects.note(fact, by)
    return apply_due(event)


def _change(event: Event, new: Changes) -> tuple[Change, ...]:
    """Set what is new if the rules bear it; a refusal leaves the event as it was."""
    when = _when(event, new)
    _check_date(event, when)
    words = {"title": _title(new["title"])} if "title" in new else {}
    kind = {"kind": new["kind"]} if "kind" in new else {}
    try:
        changes = changed(event, **words, **kind, **_columns(event, new, when.zone))
        changes += effects.put_date(event, when)
        _check(event)
        _check_took_place(event, {change.field for change in changes})
    except RuleBroken:
        db.session.expire(event)
        raise
    return changes


def _when(event: Event, details: Details) -> When:
    """The date that the event is to have: the one it has, with what is given."""
    before = When.of(event)
    given = {"zone", "precision", "starts", "ends"} & details.keys()
    if not given:
        return before
    if given == {"zone"}:
        return When.checked(zone=details["zone"], precision=before.precision, starts=before.starts, ends=before.ends)
    return When.checked(
        zone=details.get("zone", event.zone),
        precision=details.get("precision"),
        starts=details.get("starts", before.starts),
        ends=details.get("ends", before.ends),
    )


def _columns(event: Event, details: Details, zone: str = "") -> dict[str, Any]:
    """What is stored of the details, the date aside."""
    zone = zone or event.zone
    given: dict[str, Any] = {**details}
    columns: dict[str, Any] = {}
    for name in ("admission", "capacity", "reserved", "per_organisation", "holds_seats", "non_attributed"):
        if name in given:
            columns[name] = given[name]
    for name in ("summary", "description", "town", "place", "online_link", "access_information"):
        if name in given:
            columns[name] = given[name].strip()
    for name in ("chair", "secretary"):
        if name in given:
            columns[f"{name}_id"] = _person_id(given[name], name)
    for name in ("registration_opens", "registration_closes"):
        if name in given:
            columns[f"{name}_at"] = instant_of(given[name], zone, name)
    return columns


def _check(event: Event) -> None:
    """Rules of one event that need nothing else."""
    for name, most in LENGTHS.items():
        if len(getattr(event, name) or "") > most:
            raise RuleBroken(_("This must be %(most)d characters or fewer", most=most), field=name)
    if event.online_link and not LINK.fullmatch(event.online_link):
        raise RuleBroken(_("The online link must be a web address, like https://example.org/room"), field="online_link")
    if event.capacity is not None and event.capacity < 0:
        raise RuleBroken(_("The number of places must be 0 or more"), field="capacity")
    if event.reserved < 0 or (event.capacity is not None and event.reserved > event.capacity):
        raise RuleBroken(_("No more places can be set aside than there are"), field="reserved")
    if event.per_organisation is not None and event.per_organisation < 1:
        raise RuleBroken(_("An organisation must be left one place at least"), field="per_organisation")
    if event.admission is Admission.BY_INVITATION and event.state is S.OPEN:
        raise RuleBroken(_("Close registration first: it is open now."), field="admission")
    _check_window(event)


def _check_window(event: Event) -> None:
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if opens and closes and closes <= opens:
        raise RuleBroken(_("Registration must close after it opens"), field="registration_closes")
    if not event.dated or event.starts_at is None or event.state not in BEFORE_LIVE:
        return
    if closes and closes > event.starts_at:
        raise RuleBroken(_("Registration must close before the event starts"), field="registration_closes")
    if opens and opens >= event.starts_at:
        raise RuleBroken(_("Registration must open before the event starts"), field="registration_opens")


def _check_date(event: Event, when: When) -> None:
    before = When.of(event)
    if event.state is S.DRAFT or when == before:
        return
    if event.state is S.POSTPONED:
        raise RuleBroken(_("The event is postponed: give it its new date on the page for that."), field="starts")
    if event.state in BEFORE_LIVE and not when.narrows(before):
        raise RuleBroken(
            _("Another day is a postponement: postpone the event, so that everybody concerned is asked."),
            field="starts",
        )


def _check_took_place(event: Event, fields: set[str]) -> None:
    if event.state not in BEFORE_LIVE and not fields <= WORDS:
        raise RuleBroken(_("The event took place: its date, its place and its places can no longer change."))
    if event.state not in BEFORE_LIVE and "non_attributed" in fields and not event.non_attributed:
        raise RuleBroken(
            _("People spoke in the trust that nobody is named: that can no longer be taken back."),
            field="non_attributed",
        )


def _person_id(person: Person | None, field: str) -> int | None:
    if person is not None and person.state is not PersonState.ACTIVE:
        raise RuleBroken(_("This person cannot be chosen."), field=field)
    return person.id if person else None


def _title(title: str) -> str:
    if not title.strip():
        raise RuleBroken(_("Enter the title of the event"), field="title")
    return title.strip()


def _slug(given: str, title: str) -> str:
    if given:
        if not SLUG.fullmatch(given):
            said = _("The address may hold small letters, digits and hyphens, like round-table-3")
            raise RuleBroken(said, field="slug")
        if queries.slug_taken(given):
            raise RuleBroken(_slug_taken(), field="slug")
        return given
    wanted = slugify(title, fallback="event")
    tries = (wanted, *(f"{wanted[:75]}-{n}" for n in range(2, 1000)))
    return next(slug for slug in tries if not queries.slug_taken(slug))


def _slug_taken() -> str:
    return _("Another event has this address. Choose a different one")
