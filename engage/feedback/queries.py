"""Named reads of feedback, for staff and for those who answer. What the public reads is `site.queries.feedback`."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engage.attendance.models import Registration
from engage.attendance.queries import attended
from engage.core.db import db
from engage.core.outbox import OutboxMail
from engage.events.models import Event, EventState
from engage.feedback.models import (
    FEWEST,
    SCALE,
    SHOWN,
    FeedbackForm,
    FeedbackLink,
    FeedbackMark,
    FormState,
    Question,
    QuestionKind,
)
from engage.people.models import PersonEmail

HELD = frozenset({EventState.HELD, EventState.RECORD_AGREED})


# --- one form ----------------------------------------------------------------------------------------------------


def by_event(event_id: int) -> FeedbackForm | None:
    """The event's form, if one was made."""
    return db.session.scalar(sa.select(FeedbackForm).where(FeedbackForm.event_id == event_id))


def form_at(event: str) -> FeedbackForm | None:
    """The form at `/manage/events/SLUG/feedback`."""
    return db.session.scalar(
        sa.select(FeedbackForm).join(Event, Event.id == FeedbackForm.event_id).where(Event.slug == event)
    )


def question_at(event: str, key: str) -> Question | None:
    """The question at `/manage/events/SLUG/feedback/questions/KEY`."""
    return db.session.scalar(
        sa.select(Question)
        .join(Question.form)
        .join(Event, Event.id == FeedbackForm.event_id)
        .where(Event.slug == event, Question.key == key)
    )


def registration_asked(registration_id: int) -> Registration | None:
    """The subject of a feedback link, with its event."""
    return db.session.scalar(
        sa.select(Registration).options(joinedload(Registration.event)).where(Registration.id == registration_id)
    )


def has_answered(form_id: int, registration_id: int) -> bool:
    """Whether this registration's mark stands."""
    return db.session.get(FeedbackMark, (form_id, registration_id)) is not None


def answered(form_id: int) -> int:
    """How many have answered."""
    return answered_by_form([form_id]).get(form_id, 0)


def answered_by_form(form_ids: Collection[int]) -> Mapping[int, int]:
    """How many have answered each form; one that nobody answered is absent."""
    rows = db.session.execute(
        sa.select(FeedbackMark.form_id, sa.func.count())
        .where(FeedbackMark.form_id.in_(sorted(form_ids)))
        .group_by(FeedbackMark.form_id)
    )
    return dict(rows.all())


# --- whom to ask -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ToAsk:
    """Those who attended, by name: whom a mail reaches (with the address), and whom none does."""

    reached: Sequence[tuple[Registration, str]]
    unreached: Sequence[Registration]


def mail_key(form_id: int, registration_id: int) -> str:
    """The outbox's key: everybody is asked once."""
    return f"feedback:{form_id}:{registration_id}"


def to_ask(event: Event) -> ToAsk:
    """Those who attended the event."""
    came = attended(event)
    rows = db.session.execute(
        sa.select(PersonEmail.person_id, PersonEmail.address)
        .join(Registration, Registration.person_id == PersonEmail.person_id)
        .where(Registration.event_id == event.id, PersonEmail.is_primary, PersonEmail.address != "")
    )
    addresses = dict(rows.all())
    return ToAsk(
        reached=[(r, addresses[r.person_id]) for r in came if r.person_id in addresses],
        unreached=[r for r in came if r.person_id not in addresses],
    )


def not_yet_asked(form: FeedbackForm) -> Sequence[tuple[Registration, str]]:
    """Those who attended, by name with their address, and were not told when the form opened: marked later."""
    reached = to_ask(form.event).reached
    told = set(
        db.session.scalars(
            sa.select(OutboxMail.once).where(
                OutboxMail.mail == "feedback/ask", OutboxMail.once.startswith(f"feedback:{form.id}:", autoescape=True)
            )
        )
    )
    return [(r, address) for r, address in reached if mail_key(form.id, r.id) not in told]


# --- results -----------------------------------------------------------------------------------------------------


class Offered(Protocol):
    """A question, as far as how its answers fell depends on it."""

    @property
    def kind(self) -> QuestionKind: ...
    @property
    def options(self) -> Sequence[str]: ...


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line of a breakdown; `share` is in whole per cent of those who answered the question."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, kw_only=True)
class Comment:
    """One text that somebody wrote. `key` stands in its address: other than `response_id` it does not tell which texts,
    to different questions, one person wrote."""

    form: FeedbackForm
    question: Question
    response_id: str
    key: str
    text: str

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.form.programme_id

    @property
    def paragraphs(self) -> list[str]:
        """The text, line by line, without empty ones."""
        return [line for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, kw_only=True)
class QuestionResult:
    """What was answered to one question. `hidden`: fewer than five did, so nothing is shown. `average` is in words
    ("4.1"), of a scale only; `comments` stand in a random order of their own, the same at each look."""

    question: Question
    answered: int
    hidden: bool
    bars: Sequence[Bar] = ()
    average: str = ""
    comments: Sequence[Comment] = ()


@dataclass(frozen=True, kw_only=True)
class Results:
    """What a form brought. `hidden`: fewer than five answered at all."""

    form: FeedbackForm
    asked: int
    answered: int
    hidden: bool
    questions: Sequence[QuestionResult] = ()


def results(form: FeedbackForm) -> Results:
    """The results for staff; nothing but the numbers while the form is not closed (see `models.SHOWN`)."""
    if form.state not in SHOWN:
        return Results(form=form, asked=form.asked, answered=answered(form.id), hidden=True)
    responses: list[dict[str, Any]] = form.answers
    hidden = len(responses) < FEWEST
    return Results(
        form=form,
        asked=form.asked,
        answered=len(responses),
        hidden=hidden,
        questions=() if hidden else [_result(form, question, responses) for question in form.questions],
    )


def _result(form: FeedbackForm, question: Question, responses: Sequence[Mapping[str, Any]]) -> QuestionResult:
    given = [(r["id"], r["answers"][question.key]) for r in responses if question.key in r["answers"]]
    count = len(given)
    if count < FEWEST:
        return QuestionResult(question=question, answered=count, hidden=True)
    if question.kind is QuestionKind.TEXT:
        comments = [
            Comment(form=form, question=question, response_id=i, key=comment_key(i, question.key), text=text)
            for i, text in given
        ]
        comments.sort(key=lambda comment: comment.key)
        return QuestionResult(question=question, answered=count, hidden=False, comments=comments)
    bars, average = fell(question, Counter(value for _id, value in given))
    return QuestionResult(question=question, answered=count, hidden=False, bars=bars, average=average)


def fell(question: Offered, counts: Mapping[Any, int]) -> tuple[list[Bar], str]:
    """How the answers to a scale or a choice fell: a bar for each that was on offer, and the average of a scale."""
    count = sum(counts.values())
    scale = question.kind is QuestionKind.SCALE
    labels: Mapping[Any, object] = SCALE if scale else {option: option for option in question.options}
    bars = [
        Bar(label=str(label), count=counts.get(value, 0), share=round(100 * counts.get(value, 0) / count))
        for value, label in labels.items()
    ]
    return bars, f"{sum(value * many for value, many in counts.items()) / count:.1f}" if scale else ""


def comment_key(response_id: str, question_key: str) -> str:
    """A comment's address: 22 characters, from which nobody gets back to the response."""
    digest = hashlib.sha256(f"{response_id}:{question_key}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode("ascii").rstrip("=")


def comments(form: FeedbackForm) -> Iterator[Comment]:
    """Every comment that may be shown to staff, question by question."""
    for result in results(form).questions:
        yield from result.comments


def comment_at(event: str, key: str) -> Comment | None:
    """The comment at `/manage/events/SLUG/feedback/comments/KEY`; None where it may not be shown."""
    form = form_at(event)
    return next((c for c in comments(form) if c.key == key), None) if form else None


def comment_of(form: FeedbackForm, response_id: str, question_id: int) -> Comment | None:
    """The comment that one response gave to one question; None where it may not be shown."""
    found = (c for c in comments(form) if c.response_id == response_id and c.question.id == question_id)
    return next(found, None)


# --- what it led to ----------------------------------------------------------------------------------------------


def links_of_form(form_id: int) -> Sequence[FeedbackLink]:
    """The links that stand, oldest first, with question and action: for staff."""
    return db.session.scalars(
        sa.select(FeedbackLink)
        .options(joinedload(FeedbackLink.question), joinedload(FeedbackLink.action))
        .where(FeedbackLink.form_id == form_id, FeedbackLink.withdrawn_at.is_(None))
        .order_by(FeedbackLink.id)
    ).all()


def link_at(event: str, key: str) -> FeedbackLink | None:
    """The standing link at `/manage/events/SLUG/feedback/links/KEY`."""
    return db.session.scalar(
        sa.select(FeedbackLink)
        .join(Event, Event.id == FeedbackLink.event_id)
        .options(joinedload(FeedbackLink.form), joinedload(FeedbackLink.question), joinedload(FeedbackLink.action))
        .where(Event.slug == event, FeedbackLink.key == key, FeedbackLink.withdrawn_at.is_(None))
    )


def standing_link(form_id: int, response_id: str, question_id: int, action_id: int) -> FeedbackLink | None:
    """The link between one comment and one action, if it stands."""
    return db.session.scalar(
        sa.select(FeedbackLink).where(
            FeedbackLink.form_id == form_id,
            FeedbackLink.response_id == response_id,
            FeedbackLink.question_id == question_id,
            FeedbackLink.action_id == action_id,
            FeedbackLink.withdrawn_at.is_(None),
        )
    )


# --- the desk ----------------------------------------------------------------------------------------------------


def forms_in(programme_ids: Collection[int], *states: FormState) -> Sequence[FeedbackForm]:
    """The forms of these programmes that stand in these states, latest event first."""
    return db.session.scalars(
        sa.select(FeedbackForm)
        .join(Event, Event.id == FeedbackForm.event_id)
        .where(Event.programme_id.in_(sorted(programme_ids)), FeedbackForm.state.in_(states))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    ).all()


def held_without_form(programme_ids: Collection[int], since: datetime) -> Sequence[Event]:
    """Events of these programmes, held since then, about which nobody has been asked; latest first."""
    asked = sa.select(FeedbackForm.event_id).where(FeedbackForm.state != FormState.DRAFT)
    return db.session.scalars(
        sa.select(Event)
        .where(
            Event.programme_id.in_(sorted(programme_ids)),
            Event.state.in_(HELD),
            Event.held_at >= since,
            Event.id.not_in(asked),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
    ).all()
