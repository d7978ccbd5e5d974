"""Opening a form, answering it, closing and publishing it.

How an answer stays anonymous (docs/domain.md#feedback). All answers of a form are one list in one row. Whoever answers
takes the form's lock, adds a response under a random key, shuffles the whole list with the system's random source and
writes it back; apart from that, a mark says that this registration has answered. Neither holds a time, no history row
is written, and closing writes all marks anew in one order, so that what remains tells not even who answered first.
Somebody who copies the live disk again and again could still compare two copies; the page says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engage.attendance.models import Registration, RegistrationState
from engage.core import clock, links, outbox
from engage.core.access import Principal
from engage.core.db import db, lock, new_key
from engage.core.errors import NotFound, RuleBroken
from engage.core.facts import Effect, record
from engage.core.states import check_move
from engage.core.text import _, ngettext
from engage.events.models import TOOK_PLACE, Event
from engage.events.queries import is_public
from engage.feedback import queries
from engage.feedback.facts import FormClosed, FormOpened, FormPublished, MoreAsked
from engage.feedback.models import (
    FEWEST,
    MOVES,
    SCALE,
    FeedbackForm,
    FeedbackMark,
    FormState,
    Question,
    QuestionKind,
)

LONGEST = 2000
"""Characters of one comment."""
MAY_ANSWER = frozenset({RegistrationState.ATTENDED, RegistrationState.CONFIRMED, RegistrationState.WALK_IN})
"""Came; or had said so, at an event where nobody was checked in."""
_random = secrets.SystemRandom()


class NotOpen(RuleBroken):
    """The form is closed."""


class AlreadyAnswered(RuleBroken):
    """This registration has answered."""


def opening(form: FeedbackForm) -> list[Effect]:
    """Whom opening the form would tell, for the page that asks first; who cannot be told comes second."""
    asking = queries.to_ask(form.event)
    effects = []
    if asking.reached:
        said = ngettext(
            "person who attended gets a link of their own", "people who attended get a link each", len(asking.reached)
        )
        effects.append(Effect(len(asking.reached), said, tuple(r.name for r, _address in asking.reached)))
    if asking.unreached:
        said = ngettext(
            "person who attended has no e-mail address here and can’t be asked",
            "people who attended have no e-mail address here and can’t be asked",
            len(asking.unreached),
        )
        effects.append(Effect(len(asking.unreached), said, tuple(r.name for r in asking.unreached)))
    return effects


def open_form(form: FeedbackForm, *, by: Principal) -> FeedbackForm:
    """Draft → open: everybody who attended gets a link, once.

    Raises `RuleBroken` without a question, before the event took place, or where nobody can be asked.
    """
    form = _locked(form)
    check_move(MOVES, form.state, FormState.OPEN, what=_("A feedback form"))
    if not form.questions:
        raise RuleBroken(_("Add a question first."))
    if form.event.state not in TOOK_PLACE:
        raise RuleBroken(_("Open the form when the event is under way or over: it goes to those who attended."))
    reached = queries.to_ask(form.event).reached
    if not reached:
        raise RuleBroken(_("Nobody who attended can be reached by e-mail. Check people in first."))
    form.state = FormState.OPEN
    form.opened_at = clock.now()
    form.asked = _ask(form, reached)
    db.session.flush()
    record(FormOpened(subject_id=form.id, programme_id=form.programme_id, asked=form.asked), by=by)
    return form


def ask_more(form: FeedbackForm, *, by: Principal) -> FeedbackForm:
    """Tell those too who were marked as attending after the form opened. Raises `NotOpen`."""
    form = _locked(form)
    _refuse_unless_open(form)
    more = _ask(form, queries.not_yet_asked(form))
    if more:
        form.asked += more
        db.session.flush()
        record(MoreAsked(subject_id=form.id, programme_id=form.programme_id, asked=more), by=by)
    return form


def answer(form: FeedbackForm, *, registration: Registration, answers: Mapping[str, object]) -> FeedbackForm:
    """Store one person's answers: `answers` by question key, 1 to 5, an option's wording, or a text; none is left out.

    Takes no actor, since nothing is kept of who wrote what. Raises `AlreadyAnswered`, `NotOpen`, `RuleBroken` (its
    `field` is the question's) and `NotFound` for a registration of another event.
    """
    form = lock(FeedbackForm, form.id)
    if registration.event_id != form.event_id:
        raise NotFound
    if queries.has_answered(form.id, registration.id):
        raise AlreadyAnswered(_ALREADY())
    _refuse_unless_open(form)
    if registration.state not in MAY_ANSWER:
        raise RuleBroken(_("This form is for those who attended."))
    response = _checked(form, answers)
    try:
        with db.session.begin_nested():
            db.session.add(FeedbackMark(form_id=form.id, registration_id=registration.id))
    except IntegrityError as clash:
        raise AlreadyAnswered(_ALREADY()) from clash
    stored = db.session.scalar(sa.select(FeedbackForm.answers).where(FeedbackForm.id == form.id))
    form.answers = _shuffled([*(stored or []), {"id": new_key(), "answers": response}])
    db.session.flush()
    return form


def close_form(form: FeedbackForm, *, by: Principal) -> FeedbackForm:
    """Open → closed, for good: links answer that it is closed, staff see the results. Raises `RuleBroken`."""
    form = _locked(form)
    check_move(MOVES, form.state, FormState.CLOSED, what=_("A feedback form"))
    form.state = FormState.CLOSED
    form.closed_at = clock.now()
    form.answers = _shuffled(form.answers)
    count = _rewrite_marks(form.id)
    record(FormClosed(subject_id=form.id, programme_id=form.programme_id, answered=count), by=by)
    return form


def publish_form(form: FeedbackForm, *, by: Principal) -> FeedbackForm:
    """Closed → published: numbers, and the comments linked to public actions, stand on the event's public page.

    Raises `RuleBroken` under a private event, or with fewer than five answers, of which nothing would be shown.
    """
    form = _locked(form)
    check_move(MOVES, form.state, FormState.PUBLISHED, what=_("A feedback form"))
    if not is_public(form.event):
        raise RuleBroken(_("Publish the event first: nothing is public under an event that is not."))
    if queries.results(form).hidden:
        raise RuleBroken(_("Fewer than %(few)d people answered: there is nothing that may be shown.", few=FEWEST))
    form.state = FormState.PUBLISHED
    form.published_at = clock.now()
    db.session.flush()
    record(FormPublished(subject_id=form.id, programme_id=form.programme_id), by=by)
    return form


def _locked(form: FeedbackForm) -> FeedbackForm:
    """The form, locked after its event: parents first."""
    lock(Event, form.event_id)
    return lock(FeedbackForm, form.id)


def _refuse_unless_open(form: FeedbackForm) -> None:
    if form.state is not FormState.OPEN:
        raise NotOpen(_("This feedback form is closed."))


def _ask(form: FeedbackForm, asked: Sequence[tuple[Registration, str]]) -> int:
    """Give each registration its link and queue the mail that carries it; how many were new."""
    links.issue_all("feedback", [registration.id for registration, _address in asked])
    messages = [
        outbox.Message(
            key=queries.mail_key(form.id, registration.id),
            to=address,
            name=registration.person.name,
            person_id=registration.person_id,
            args={"form": form.id, "registration": registration.id},
        )
        for registration, address in asked
    ]
    return len(outbox.put_all("feedback/ask", messages))


def _shuffled(responses: list[Any]) -> list[Any]:
    """The same responses, in an order that says nothing."""
    new = list(responses)
    _random.shuffle(new)
    return new


def _rewrite_marks(form_id: int) -> int:
    """Write a form's marks anew, by registration: on PostgreSQL row addresses and transaction numbers would otherwise
    keep the order in which people answered. Returns how many there are."""
    db.session.flush()
    mine = FeedbackMark.form_id == form_id
    who = sorted(db.session.scalars(sa.select(FeedbackMark.registration_id).where(mine)))
    db.session.execute(sa.delete(FeedbackMark).where(mine))
    if who:
        rows = [{"form_id": form_id, "registration_id": registration_id} for registration_id in who]
        db.session.execute(sa.insert(FeedbackMark), rows)
    return len(who)


def _checked(form: FeedbackForm, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers in the order of the questions, empty ones left out."""
    if set(answers) - {question.key for question in form.questions}:
        raise RuleBroken(_("This form asks something else. Open the link again."))
    given = {question.key: _value(question, answers.get(question.key)) for question in form.questions}
    given = {key: value for key, value in given.items() if value is not None}
    if not given:
        raise RuleBroken(_("Answer at least one question"))
    return given


def _value(question: Question, value: object) -> object | None:
    """One answer, if it is one to this question; None for none."""
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        if question.required:
            raise RuleBroken(_("Answer this question"), field=question.field)
        return None
    if not _fits(question, value):
        raise RuleBroken(_("Choose one of the answers on offer"), field=question.field)
    return value


def _fits(question: Question, value: object) -> bool:
    match question.kind:
        case QuestionKind.SCALE:
            return type(value) is int and value in SCALE
        case QuestionKind.CHOICE:
            return value in question.options
        case QuestionKind.TEXT:
            return isinstance(value, str) and len(value) <= LONGEST and "\x00" not in value


def _ALREADY() -> str:  # noqa: N802 -- a sentence, in the reader's language
    return _("You have answered this form already. Your first answers count.")
