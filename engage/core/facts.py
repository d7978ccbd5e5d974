"""Facts: what happened. Recording one writes its history row and runs what follows from it, in the same transaction.

History is append-only (docs/domain.md#history): who, when, what changed from what to what, and why. Actors stand as
marks ("user:4", "person:7", "system"), so that a person can be erased while the history stays true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock
from engage.core.db import Model, db

if TYPE_CHECKING:
    from engage.core.access import Principal


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that changed: the field's name, from what, to what (JSON-able)."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What can happen. A domain derives its facts; `subject` is the kind that `subject_id` belongs to.

    Further fields of a derived fact are kept with the history row and must be JSON-able, and never personal values.
    """

    subject: ClassVar[str]
    says: ClassVar[Any] = ""
    """What the history page says, a lazy string: "Postponed"."""

    subject_id: int
    programme_id: int | None = None
    reason: str = ""
    changes: tuple[Change, ...] = ()


class History(Model):
    """One thing that happened. Rows only grow; no code updates or deletes one (a trigger refuses it)."""

    __tablename__ = "history"
    __table_args__ = (
        sa.Index(None, "subject", "subject_id", "id"),
        sa.Index(None, "programme_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    fact: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    programme_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    changes: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    @property
    def says(self) -> str:
        """The fact in words."""
        known = _kinds.get(self.fact)
        return str(known.says) if known and known.says else self.fact


_ADD = sa.insert(History.__table__).inline()
"""Rows only grow, so nothing is kept of a new one in memory: written at once, past the unit of work."""


@dataclass(frozen=True)
class Effect:
    """What an act will do beyond itself, for the page that asks first: "this will tell 43 people"."""

    count: int
    what: str
    names: tuple[str, ...] = ()


F = TypeVar("F", bound=Fact)
Act = Callable[[Any, "Principal"], None]
Preview = Callable[[Any], Iterable[Effect]]

_reactions: dict[type[Fact], list[tuple[Act, Preview | None]]] = defaultdict(list)
_kinds: dict[str, type[Fact]] = {}


def react(
    fact: type[F],
    *,
    act: Callable[[F, Principal], None],
    preview: Callable[[F], Iterable[Effect]] | None = None,
) -> None:
    """What follows from a fact; called by `wiring.py` only, and harmless when called twice."""
    if all(known is not act for known, _ in _reactions[fact]):
        _reactions[fact].append((act, preview))


def record(fact: Fact, *, by: Principal) -> None:
    """Write the history row of what just happened and run its reactions, in the caller's unit of work."""
    kind = type(fact)
    _kinds[kind.__name__] = kind
    db.session.flush()  # what happened goes before its history
    db.session.connection().execute(
        _ADD,
        {
            "at": clock.now(),
            "actor": by.actor,
            "fact": kind.__name__,
            "subject": kind.subject,
            "subject_id": fact.subject_id,
            "programme_id": fact.programme_id,
            "reason": fact.reason,
            "changes": [{"field": c.field, "old": plain(c.old), "new": plain(c.new)} for c in fact.changes],
            "data": {name: plain(getattr(fact, name)) for name in _own_fields(kind)},
        },
    )
    for act, _preview in _reactions[kind]:
        act(fact, by)


_OF_EVERY_FACT = frozenset(f.name for f in fields(Fact))
_own: dict[type[Fact], tuple[str, ...]] = {}


def _own_fields(kind: type[Fact]) -> tuple[str, ...]:
    """What a kind of fact tells beyond what every fact does."""
    if kind not in _own:
        _own[kind] = tuple(f.name for f in fields(kind) if f.name not in _OF_EVERY_FACT)
    return _own[kind]


def preview(fact: Fact) -> list[Effect]:
    """What recording this fact would do to others; writes nothing."""
    return [e for _, ask in _reactions[type(fact)] if ask is not None for e in ask(fact)]


def know(*kinds: type[Fact]) -> None:
    """Let the history page put these facts into words even before one was recorded by this process."""
    _kinds.update({kind.__name__: kind for kind in kinds})


def changed(thing: object, **new: Any) -> tuple[Change, ...]:
    """Set the attributes that differ and tell which did, from what to what."""
    changes = []
    for name, value in new.items():
        old = getattr(thing, name)
        if old != value:
            changes.append(Change(field=name, old=plain(old), new=plain(value)))
            setattr(thing, name, value)
    return tuple(changes)


def plain(value: Any) -> Any:
    """A JSON-able form of a value: dates as ISO 8601, enums as their values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return value


def history_of(subject: str, subject_id: int) -> Sequence[History]:
    """All that happened to one thing, newest first."""
    return db.session.scalars(
        sa.select(History)
        .where(History.subject == subject, History.subject_id == subject_id)
        .order_by(History.id.desc())
    ).all()


_NO_CHANGE_SQLITE = (
    "CREATE TRIGGER history_{verb}_refused BEFORE {verb} ON history "
    "BEGIN SELECT RAISE(ABORT, 'history only grows'); END"
)
_NO_CHANGE_POSTGRES = (
    (
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history only grows'; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER history_refused BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION history_only_grows()"
    ),
)
_TRIGGERS = [
    *(("sqlite", _NO_CHANGE_SQLITE.format(verb=verb)) for verb in ("UPDATE", "DELETE")),
    *(("postgresql", ddl) for ddl in _NO_CHANGE_POSTGRES),
]
for _dialect, _ddl in _TRIGGERS:
    _only_here: Any = sa.DDL(_ddl.replace("%", "%%"))  # type: ignore[no-untyped-call]
    sa.event.listen(History.__table__, "after_create", _only_here.execute_if(dialect=_dialect))
