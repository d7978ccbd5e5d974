"""What can happen to an event (docs/domain.md#event). Times stand as ISO 8601; `effective_at` is when a move took
effect, which for one that fell due by time is the due instant, not the minute in which it was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfEvent(Fact):
    subject = "event"


@dataclass(frozen=True, kw_only=True)
class EventCreated(_OfEvent):
    says = _l("Event created")


@dataclass(frozen=True, kw_only=True)
class EventChanged(_OfEvent):
    """Details were changed; `changes` says which. `calendar`: start, end or venue, so that calendars must be told."""

    says = _l("Details changed")
    calendar: bool = False


@dataclass(frozen=True, kw_only=True)
class EventCopied(_OfEvent):
    """Made from another event, `source_id`: its structure, and nothing of what happened there."""

    says = _l("Copied from another event")
    source_id: int


@dataclass(frozen=True, kw_only=True)
class KindDefaultsTaken(_OfEvent):
    """A new event began with what its programme set for the kind; `feedback_from_id`: whose feedback form it copies."""

    says = _l("Began with what the programme set for its kind")
    kind: str
    feedback_from_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class KindDefaultsSet(Fact):
    """What the programme's events of a kind begin with."""

    subject = "programme"
    says = _l("Defaults of a kind of event set")
    kind: str


@dataclass(frozen=True, kw_only=True)
class EventNumbered(_OfEvent):
    """It was put into a series, or taken out; `changes` says what it was called there."""

    says = _l("Series changed")


@dataclass(frozen=True, kw_only=True)
class EventThemesSet(_OfEvent):
    """The theme groups under which it stands; `changes` has their titles as they were."""

    says = _l("Theme groups changed")


@dataclass(frozen=True, kw_only=True)
class EventScheduled(_OfEvent):
    says = _l("Scheduled")


@dataclass(frozen=True, kw_only=True)
class EventPublished(_OfEvent):
    says = _l("Published")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class EventAnnounced(_OfEvent):
    """Its publication was set for an instant to come, or for another one."""

    says = _l("Publication set for a time to come")


@dataclass(frozen=True, kw_only=True)
class EventNotAnnounced(_OfEvent):
    says = _l("Publication called off")


@dataclass(frozen=True, kw_only=True)
class EventOpened(_OfEvent):
    says = _l("Registration opened")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class EventClosed(_OfEvent):
    says = _l("Registration closed")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class EventPostponed(_OfEvent):
    """Moved to another date, or to one that is to be confirmed. `starts`, `ends`: local wall times, "" if unknown."""

    says = _l("Postponed")
    precision: str = ""
    starts: str = ""
    ends: str = ""
    reconfirm_by: str = ""


@dataclass(frozen=True, kw_only=True)
class EventRescheduled(_OfEvent):
    """A postponed event stands again. `date_changed`: on another date than the postponement named."""

    says = _l("New date confirmed")
    precision: str = ""
    starts: str = ""
    ends: str = ""
    reconfirm_by: str = ""
    date_changed: bool = False


@dataclass(frozen=True, kw_only=True)
class EventCancelled(_OfEvent):
    says = _l("Cancelled")


@dataclass(frozen=True, kw_only=True)
class EventWentLive(_OfEvent):
    says = _l("Went live")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class EventHeld(_OfEvent):
    says = _l("Held")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class EventNeedsNoRecord(_OfEvent):
    says = _l("No record needed")


@dataclass(frozen=True, kw_only=True)
class EventRecordAgreed(_OfEvent):
    says = _l("Record agreed")


@dataclass(frozen=True, kw_only=True)
class EventArchived(_OfEvent):
    says = _l("Archived")


@dataclass(frozen=True, kw_only=True)
class AgendaItemAdded(_OfEvent):
    says = _l("Agenda item added")
    item_id: int


@dataclass(frozen=True, kw_only=True)
class AgendaItemChanged(_OfEvent):
    says = _l("Agenda item changed")
    item_id: int


@dataclass(frozen=True, kw_only=True)
class AgendaItemMoved(_OfEvent):
    says = _l("Agenda put in another order")
    item_id: int


@dataclass(frozen=True, kw_only=True)
class AgendaItemRemoved(_OfEvent):
    says = _l("Agenda item removed")
    item_id: int


@dataclass(frozen=True, kw_only=True)
class SessionAdded(_OfEvent):
    says = _l("Session added")
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionChanged(_OfEvent):
    """What is said of it, when or where it is. Who speaks stands here by key: `people`."""

    says = _l("Session changed")
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(_OfEvent):
    says = _l("Session cancelled")
    session_id: int


@dataclass(frozen=True, kw_only=True)
class RoomRenamed(_OfEvent):
    says = _l("Room renamed")


@dataclass(frozen=True, kw_only=True)
class TrackRenamed(_OfEvent):
    says = _l("Track renamed")


@dataclass(frozen=True, kw_only=True)
class TimetablePublished(_OfEvent):
    """The programme of its sessions; `number` counts the versions of it, `sessions` how many are in it."""

    says = _l("Programme published")
    number: int
    sessions: int


@dataclass(frozen=True, kw_only=True)
class _OfSeries(Fact):
    subject = "programme"
    series_id: int


@dataclass(frozen=True, kw_only=True)
class SeriesMade(_OfSeries):
    says = _l("Series of events made")


@dataclass(frozen=True, kw_only=True)
class SeriesChanged(_OfSeries):
    says = _l("Series of events changed")


know(
    SeriesMade,
    SeriesChanged,
    EventCreated,
    EventChanged,
    EventCopied,
    EventNumbered,
    KindDefaultsSet,
    KindDefaultsTaken,
    EventThemesSet,
    EventScheduled,
    EventPublished,
    EventAnnounced,
    EventNotAnnounced,
    EventOpened,
    EventClosed,
    EventPostponed,
    EventRescheduled,
    EventCancelled,
    EventWentLive,
    EventHeld,
    EventNeedsNoRecord,
    EventRecordAgreed,
    EventArchived,
    AgendaItemAdded,
    AgendaItemChanged,
    AgendaItemMoved,
    AgendaItemRemoved,
    SessionAdded,
    SessionChanged,
    SessionCancelled,
    RoomRenamed,
    TrackRenamed,
    TimetablePublished,
)
