"""Building a form, while it is a draft: from the first answer on, a question means what it meant when it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, Fact, changed, record
from engage.core.text import _
from engage.events.models import Event, EventState
from engage.feedback import queries
from engage.feedback.facts import FormEdited, FormMade, QuestionAdded, QuestionEdited, QuestionMoved, QuestionRemoved
from engage.feedback.models import FeedbackForm, FormState, Question, QuestionKind

MOST_QUESTIONS = 20
MOST_OPTIONS = 10
OPTION_LENGTH = 100
TEXT_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question to be. `options`: a choice's wordings, two to ten."""

    kind: QuestionKind
    text: str
    options: Sequence[str] = ()
    required: bool = False


def make_form(event: Event, *, introduction: str = "", questions: Sequence[Ask] = (), by: Principal) -> FeedbackForm:
    """The event's one form, a draft. Raises `RuleBroken` where there is one already, or for a cancelled event."""
    event = lock(Event, event.id)
    if event.state is EventState.CANCELLED:
        raise RuleBroken(_("This event was cancelled: there is nothing to ask about."))
    if queries.by_event(event.id) is not None:
        raise RuleBroken(_("This event has its feedback form already."))
    if len(questions) > MOST_QUESTIONS:
        raise RuleBroken(_TOO_MANY())
    form = FeedbackForm(event_id=event.id, event=event, introduction=introduction.strip(), created_at=clock.now())
    for position, ask in enumerate(questions, start=1):
        form.questions.append(Question(position=position, **_checked(ask)))
    db.session.add(form)
    db.session.flush()
    _record(FormMade(subject_id=form.id, programme_id=form.programme_id), by)
    return form


def copy_form(source: Event, event: Event, *, by: Principal) -> FeedbackForm | None:
    """The form of another event for this one: its questions as a new draft, no answers; None where there is none."""
    form = queries.by_event(source.id)
    if form is None:
        return None
    asked = [Ask(kind=q.kind, text=q.text, options=q.options, required=q.required) for q in form.questions]
    introduction = form.introduction.replace(source.title, event.title)
    return make_form(event, introduction=introduction, questions=asked, by=by)


def default_form(event: Event, *, by: Principal) -> FeedbackForm:
    """A form that suits most events, in one act; a draft, to be changed at will."""
    return make_form(
        event,
        introduction=_("Six short questions about %(title)s. They take about two minutes.", title=event.title),
        questions=(
            Ask(kind=QuestionKind.SCALE, text=_("The event was worth my time")),
            Ask(kind=QuestionKind.SCALE, text=_("I could say what matters to me")),
            Ask(kind=QuestionKind.SCALE, text=_("I know what happens next, and who does it")),
            Ask(
                kind=QuestionKind.CHOICE,
                text=_("How was the length?"),
                options=(_("Too short"), _("About right"), _("Too long")),
            ),
            Ask(kind=QuestionKind.TEXT, text=_("What one thing should be done about what was discussed?")),
            Ask(kind=QuestionKind.TEXT, text=_("What should we do differently next time?")),
        ),
        by=by,
    )


def edit_introduction(form: FeedbackForm, *, introduction: str, version: int, by: Principal) -> FeedbackForm:
    """Change the words above the questions. Raises `StaleVersion`, `RuleBroken` once the form is open."""
    form = _draft(form, version)
    differences = changed(form, introduction=introduction.strip())
    if differences:
        form.version += 1
        _record(FormEdited(subject_id=form.id, programme_id=form.programme_id, changes=differences), by)
    return form


def add_question(form: FeedbackForm, ask: Ask, *, by: Principal) -> Question:
    """One more question, at the end. Raises `RuleBroken` for the twenty-first, or for one that asks nothing."""
    form = _draft(form)
    if len(form.questions) >= MOST_QUESTIONS:
        raise RuleBroken(_TOO_MANY())
    last = max((q.position for q in form.questions), default=0)
    question = Question(position=last + 1, **_checked(ask))
    form.questions.append(question)
    form.version += 1
    db.session.flush()
    _record(QuestionAdded(subject_id=form.id, programme_id=form.programme_id, question=question.text), by)
    return question


def edit_question(question: Question, ask: Ask, *, version: int, by: Principal) -> Question:
    """Change a question of a draft. `version` is the form's, as it was read. Raises `StaleVersion`, `RuleBroken`."""
    form = _draft(question.form, version)
    question = lock(Question, question.id)
    differences = changed(question, **_checked(ask))
    if differences:
        form.version += 1
        fact = QuestionEdited(
            subject_id=form.id, programme_id=form.programme_id, question=question.text, changes=differences
        )
        _record(fact, by)
    return question


def remove_question(question: Question, *, by: Principal) -> FeedbackForm:
    """Take a question out of a draft: nobody has seen it yet, so nothing of it stays but the history."""
    form = _draft(question.form)
    question = lock(Question, question.id)
    form.questions.remove(question)
    db.session.delete(question)
    form.version += 1
    _record(QuestionRemoved(subject_id=form.id, programme_id=form.programme_id, question=question.text), by)
    return form


def move_question(question: Question, *, up: bool, by: Principal) -> FeedbackForm:
    """Swap a question of a draft with the one before or after it; the first stays first, the last stays last."""
    form = _draft(question.form)
    order = list(form.questions)
    place = next(n for n, q in enumerate(order) if q.id == question.id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return form
    order[place], order[other] = order[other], order[place]
    for position, q in enumerate(order, start=1):
        q.position = position
    form.version += 1
    db.session.flush()
    db.session.expire(form, ["questions"])
    moved = Change(field="position", old=place + 1, new=other + 1)
    fact = QuestionMoved(
        subject_id=form.id, programme_id=form.programme_id, question=order[other].text, changes=(moved,)
    )
    _record(fact, by)
    return form


def _draft(form: FeedbackForm, version: int | None = None) -> FeedbackForm:
    """The form, locked, if its words may still change and nobody changed them since `version` was read."""
    lock(Event, form.event_id)
    form = lock(FeedbackForm, form.id)
    if form.state is not FormState.DRAFT:
        raise RuleBroken(_("The form is open or was: its questions stay as people answered them."))
    if version is not None and form.version != version:
        raise StaleVersion(_("Somebody else changed this form while you were writing. Look at what stands there now."))
    return form


def _checked(ask: Ask) -> dict[str, object]:
    """The columns of a question; raises `RuleBroken` where it asks nothing or offers no choice."""
    text = ask.text.strip()
    if not text or len(text) > TEXT_LENGTH:
        raise RuleBroken(_("Enter the question, in %(max)d characters or fewer", max=TEXT_LENGTH), field="text")
    options = [option.strip() for option in ask.options if option.strip()]
    if ask.kind is not QuestionKind.CHOICE:
        options = []
    elif not 2 <= len(options) <= MOST_OPTIONS:
        raise RuleBroken(_("Offer between 2 and %(most)d answers", most=MOST_OPTIONS), field="options")
    elif len({option.casefold() for option in options}) < len(options):
        raise RuleBroken(_("Each answer on offer must differ from the others"), field="options")
    elif any(len(option) > OPTION_LENGTH for option in options):
        raise RuleBroken(_("Each answer must be %(max)d characters or fewer", max=OPTION_LENGTH), field="options")
    return {"kind": ask.kind, "text": text, "options": options, "required": ask.required}


def _TOO_MANY() -> str:  # noqa: N802 -- a sentence with a number in it
    return _("A form holds %(most)d questions at most: people stop answering long before.", most=MOST_QUESTIONS)


def _record(fact: Fact, by: Principal) -> None:
    db.session.flush()
    record(fact, by=by)
