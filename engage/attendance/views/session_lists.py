"""Staff: who chose a session, as a list and as a file; moving somebody, taking somebody out; who was there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from engage.attendance import policy, queries, service
from engage.attendance.forms import DoorForm, MoveSignUpForm, RemoveSignUpForm
from engage.attendance.models import SignUp
from engage.attendance.service import SessionArrival
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.attendance.views.door import SIZE, when_and_who
from engage.core import pages, slots
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.pages import Page, Place, Question, csv_response, page_number
from engage.core.text import _, slugify
from engage.events import policy as events_policy
from engage.events import queries as events
from engage.events.models import Event, Session, SignUps


def list_url(session: Session) -> str:
    return f"{base(session.event)}/sessions/{session.key}/sign-ups"


@bp.get("/manage/events/<slug:event>/sessions/<key:key>/sign-ups")
@requires(policy.may_see_attendance, on=events.session_by_key)
def session_sign_ups(session: Session) -> ResponseReturnValue:
    """Who has a place in a session, who waits for one, in order."""
    principal = current_principal()
    return staff_page(
        "session_sign_ups",
        session.event,
        session=session,
        rows=queries.signed_up(session),
        taken=queries.taken(session),
        may_decide=policy.may_decide(principal, session),
        may_check_in=policy.may_check_in(principal, session),
        may_edit=events_policy.may_edit_session(principal, session),
        url=list_url(session),
    )


@bp.get("/manage/events/<slug:event>/sessions/<key:key>/sign-ups.csv")
@requires(policy.may_decide, on=events.session_by_key)
def session_sign_ups_csv(session: Session) -> ResponseReturnValue:
    """The same as a file."""
    headings = [_("Name"), _("E-mail"), _("Role"), _("Organisation"), _("State"), _("Place in line"), _("Signed up")]

    def rows() -> Iterator[list[object]]:
        for line in queries.signed_up(session):
            who, made = line.registration, line.sign_up.made_at.isoformat(timespec="minutes")
            state = line.sign_up.state.value
            yield [who.name, line.email, who.role, who.organisation, state, line.place or "", made]

    return csv_response(f"{session.event.slug}-{slugify(session.title)}.csv", headings, rows())


@bp.route("/manage/events/<slug:event>/sessions/sign-ups/<key:key>/move", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.sign_up_at)
def move_sign_up(sign_up: SignUp) -> ResponseReturnValue:
    """Put somebody into another session."""
    others = {
        one.line.key: one
        for one in queries.offered(sign_up.registration.event)
        if one.by_sign_up and one.session.id != sign_up.session_id
    }
    form = MoveSignUpForm()
    form.session.choices = [
        (key, f"{one.line.title}, {queries.when(one.line, sign_up.registration.event)}. {one.taken.said}")
        for key, one in others.items()
    ]
    name, left = sign_up.registration.name, sign_up.session.title
    question = Question(
        title=_("Move %(name)s to another session?", name=name),
        lede=_("%(name)s leaves “%(session)s”: whoever waits longest for it moves up.", name=name, session=left),
        notes=(_("%(name)s is told once, by mail.", name=name),),
        button=_("Move"),
        done=_("%(name)s is moved.", name=name),
        form=form,
        act=lambda f: service.move_sign_up(sign_up, to=others[f.session.data].session, by=current_principal()),
    )
    return _ask(sign_up, question)


@bp.route("/manage/events/<slug:event>/sessions/sign-ups/<key:key>/remove", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.sign_up_at)
def remove_sign_up(sign_up: SignUp) -> ResponseReturnValue:
    """Take somebody out of a session."""
    name = sign_up.registration.name
    question = Question(
        title=_("Take %(name)s out of “%(session)s”?", name=name, session=sign_up.session.title),
        lede=_("The booking for the event stands. Whoever waits longest for the session moves up."),
        notes=(_("%(name)s is told once, by mail.", name=name),),
        button=_("Take out"),
        dangerous=True,
        done=_("%(name)s is not in the session any more.", name=name),
        form=RemoveSignUpForm(),
        act=lambda f: service.remove_sign_up(sign_up, reason=f.reason.data, by=current_principal()),
    )
    return _ask(sign_up, question)


def _ask(sign_up: SignUp, question: Question) -> ResponseReturnValue:
    session = sign_up.session
    name = _("Sign-ups to “%(session)s” – %(event)s", session=session.title, event=sign_up.registration.event.title)
    return pages.ask(question, place=Place(href=list_url(session), name=name, section="events"))


# --- who was there -----------------------------------------------------------------------------------------------


@bp.get("/manage/events/<slug:event>/sessions/<key:key>/check-in")
@requires(policy.may_check_in, on=events.session_by_key)
def session_check_in(session: Session) -> ResponseReturnValue:
    return _door(session, DoorForm(formdata=None))


def _door(session: Session, form: DoorForm) -> str:
    """Those who have a place in the session; everybody who has one at the event where nobody signs up, where it is
    asked for, or somebody is looked for by name."""
    event, words = session.event, request.args.get("q", "").strip()[:100]
    chosen = session.sign_up is not SignUps.NONE
    everybody = not chosen or bool(words) or request.args.get("all") == "1"
    number = page_number(request.args.get("page"))
    shown = queries.at_session(session, search=words, everybody=everybody, limit=SIZE, offset=Page.offset(number, SIZE))
    total, came = queries.at_session_count(session, search=words, everybody=everybody)
    names = slots.names_of({line.arrived.actor for line in shown if line.arrived})
    where = {"q": words, "all": "1" if everybody and chosen else ""}
    return staff_page(
        "session_check_in",
        event,
        session=session,
        form=form,
        rows=[_row(event, line, names) for line in shown],
        page=Page(items=shown, number=number, total=total, size=SIZE),
        page_url=lambda number: f"?{urlencode({**where, 'page': number})}",
        token=generate_csrf(),
        came=came,
        total=total,
        words=words,
        chosen=chosen,
        everybody=everybody,
        doors_open=service.doors_are_open(event) and session.cancelled_at is None,
        url=f"{base(event)}/sessions/{session.key}/check-in",
    )


def _row(event: Event, line: queries.AtSession, names: Mapping[str, str]) -> dict[str, object]:
    note = _("Was there %(when)s", when=when_and_who(event, line.arrived, names)) if line.arrived else ""
    return {"registration": line.registration, "arrived": line.arrived is not None, "note": note}


@bp.post("/manage/events/<slug:event>/sessions/<key:key>/check-in")
@requires(policy.may_check_in, on=events.session_by_key)
def tick_at_session(session: Session) -> ResponseReturnValue:
    """Tick, or take a tick back."""
    form = DoorForm()
    if not form.validate_on_submit():
        return _door(session, form), 422
    event, home = session.event, request.path
    key = form.tick.data or form.undo.data or ""
    try:
        with saving():
            registration = queries.registration_of(session.event_id, key)
            if registration is None:
                raise RuleBroken(_("That person is not on the list any more."))
            if form.tick.data:
                said = _said(event, service.check_in_to_session(registration, session, by=current_principal()))
            else:
                service.undo_session_check_in(registration, session, by=current_principal())
                said = _("%(name)s is not ticked off here.", name=registration.name), "note"
    except RuleBroken as no:
        said = no.message, "warn"
    flash(*said)
    return redirect(f"{home}#p-{key}", 303)


def _said(event: Event, arrival: SessionArrival) -> tuple[str, str]:
    """What to flash, and how."""
    name = arrival.registration.name
    if not arrival.already:
        return _("%(name)s is ticked off.", name=name), "done"
    when = when_and_who(event, arrival.check_in, slots.names_of({arrival.check_in.actor}))
    return _("%(name)s was ticked off already: %(when)s.", name=name, when=when), "note"
