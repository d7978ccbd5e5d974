"""What can happen to records, outcomes and actions."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class RecordFact(Fact):
    subject = "record"
    event_id: int


@dataclass(frozen=True, kw_only=True)
class RecordOpened(RecordFact):
    says = _l("Record opened")


@dataclass(frozen=True, kw_only=True)
class NoteEdited(RecordFact):
    says = _l("Notes edited")
    note_id: int


@dataclass(frozen=True, kw_only=True)
class PresenceSet(RecordFact):
    says = _l("Attendance recorded")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class AttendanceTaken(RecordFact):
    says = _l("Attendance brought in from the door")
    people: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class InterestDeclared(RecordFact):
    says = _l("Interest declared")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class RecordCirculated(RecordFact):
    says = _l("Circulated to those who took part")
    version: int


@dataclass(frozen=True, kw_only=True)
class ChangesAsked(RecordFact):
    says = _l("Changes asked for")


@dataclass(frozen=True, kw_only=True)
class RecordAgreed(RecordFact):
    says = _l("Agreed by the chair")
    version: int


@dataclass(frozen=True, kw_only=True)
class RecordPublished(RecordFact):
    says = _l("Record published")


@dataclass(frozen=True, kw_only=True)
class OutcomeFact(Fact):
    subject = "outcome"
    event_id: int


@dataclass(frozen=True, kw_only=True)
class OutcomeAdded(OutcomeFact):
    says = _l("Recorded")


@dataclass(frozen=True, kw_only=True)
class OutcomeReworded(OutcomeFact):
    says = _l("Reworded")


@dataclass(frozen=True, kw_only=True)
class OutcomeConfirmed(OutcomeFact):
    says = _l("Confirmed with the record")


@dataclass(frozen=True, kw_only=True)
class OutcomeStruck(OutcomeFact):
    says = _l("Struck out")


@dataclass(frozen=True, kw_only=True)
class OutcomeSuperseded(OutcomeFact):
    says = _l("Superseded")
    by_id: int


@dataclass(frozen=True, kw_only=True)
class ActionFact(Fact):
    subject = "action"


@dataclass(frozen=True, kw_only=True)
class ActionProposed(ActionFact):
    says = _l("Proposed")
    event_id: int


@dataclass(frozen=True, kw_only=True)
class ActionReworded(ActionFact):
    says = _l("Reworded while proposed")


@dataclass(frozen=True, kw_only=True)
class ActionReassigned(ActionFact):
    says = _l("Owner or organisation changed")


@dataclass(frozen=True, kw_only=True)
class ActionAgreed(ActionFact):
    says = _l("Agreed")


@dataclass(frozen=True, kw_only=True)
class ActionLinkSent(ActionFact):
    says = _l("Its link sent to its owner again")


@dataclass(frozen=True, kw_only=True)
class ActionProgressed(ActionFact):
    says = _l("Progress reported")
    update_id: int


@dataclass(frozen=True, kw_only=True)
class ActionReported(ActionFact):
    says = _l("Reported complete")
    update_id: int


@dataclass(frozen=True, kw_only=True)
class ActionReturned(ActionFact):
    says = _l("Returned to its owner")
    turn: int


@dataclass(frozen=True, kw_only=True)
class ActionVerified(ActionFact):
    says = _l("Verified as done")


@dataclass(frozen=True, kw_only=True)
class ActionReopened(ActionFact):
    says = _l("Reopened")


@dataclass(frozen=True, kw_only=True)
class ActionDropped(ActionFact):
    says = _l("Dropped")


@dataclass(frozen=True, kw_only=True)
class ActionSuperseded(ActionFact):
    says = _l("Superseded")
    by_id: int


@dataclass(frozen=True, kw_only=True)
class ActionRedated(ActionFact):
    says = _l("Due date moved")


@dataclass(frozen=True, kw_only=True)
class ActionPublished(ActionFact):
    says = _l("Published")
    with_record: bool = False


@dataclass(frozen=True, kw_only=True)
class ActionMovedToSuccessor(ActionFact):
    says = _l("Passed to the successor theme group")


know(
    RecordOpened,
    NoteEdited,
    PresenceSet,
    AttendanceTaken,
    InterestDeclared,
    RecordCirculated,
    ChangesAsked,
    RecordAgreed,
    RecordPublished,
    OutcomeAdded,
    OutcomeReworded,
    OutcomeConfirmed,
    OutcomeStruck,
    OutcomeSuperseded,
    ActionProposed,
    ActionReworded,
    ActionReassigned,
    ActionAgreed,
    ActionLinkSent,
    ActionProgressed,
    ActionReported,
    ActionReturned,
    ActionVerified,
    ActionReopened,
    ActionDropped,
    ActionSuperseded,
    ActionRedated,
    ActionPublished,
    ActionMovedToSuccessor,
)
