"""The sessions of an event: the programme with its warnings, one session, its publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core import pages, slots
from engage.core.access import Principal, current_principal, requires
from engage.core.db import db, lock, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import Place, Question, differences, event_tabs, version_of
from engage.core.text import _, moment, ngettext, weekday
from engage.events import policy, queries, service
from engage.events.facts import SessionCancelled, TimetablePublished
from engage.events.forms import CancelForm, EditSessionForm, Named, NameForm, PlainForm, SessionForm
from engage.events.models import DATED, Event, EventKind, Room, Session, SessionPerson, SignUps, Track
from engage.events.queries import Changed, Clash, ClashKind, Line
from engage.events.service.sessions import FIXED
from engage.events.views import bp
from engage.events.views.details import CLASH, UNPROCESSABLE, offered
from engage.people.service import person_for
from engage.themes.models import ThemeGroup

PLAIN = ("title", "description", "starts", "ends", "capacity")


@bp.get("/manage/events/<slug:event>/sessions")
@requires(policy.may_see, on=queries.by_slug)
def sessions(event: Event) -> ResponseReturnValue:
    """The programme as it stands, warnings beside the sessions; what is not published yet."""
    principal = current_principal()
    found = queries.sessions_of(event.id)
    by_key = {session.key: session for session in found}
    warnings = _warnings(event, found)
    lines: dict[int, list[slots.Line]] = {}
    for ident, one in slots.session_lines.collect(event, principal):
        lines.setdefault(ident, []).append(one)

    def say(line: Line) -> Mapping[str, Any]:
        session = by_key[line.key]
        may_edit = _may_edit(principal, session)
        return _told(session, warnings.get(session.id, []), may_edit) | {"lines": lines.get(session.id, ())}

    laid_out = queries.grid([Line.of(session) for session in found])
    published = queries.published_lines(event.timetable, event)
    return render_template(
        "events/sessions.html",
        event=event,
        tabs=event_tabs(event),
        runs=_runs(principal, event),
        days=queries.drawn(laid_out, say),
        unplaced=[{**say(line), "room": line.room} for line in laid_out.unplaced],
        timetable=event.timetable,
        last=moment(event.timetable.published_at, event.zone) if event.timetable else "",
        changes=[_changed(change) for change in queries.changes_since(found, published)],
        public=queries.is_public(event),
        rooms=queries.rooms_of(event.id),
        tracks=queries.tracks_of(event.id),
        many=sum(session.id in warnings for session in found),
    )


@bp.route("/manage/events/<slug:event>/sessions/new", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def add_session(event: Event) -> ResponseReturnValue:
    """One more session."""
    form = SessionForm(**_of(event))
    _offer(form, event)
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    session = service.add_session(event, **_typed(form, event), by=current_principal())
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Added. It stays a draft until you publish the programme."), "done")
                return _back(session)
    return render_template("events/session.html", event=event, session=None, form=form, clash=None, runs=True), status


@bp.route("/manage/events/<slug:event>/sessions/<key:key>", methods=["GET", "POST"])
@requires(policy.may_edit_session, on=queries.session_by_key)
def edit_session(session: Session) -> ResponseReturnValue:
    """Change one session: its words, its time and room, who speaks."""
    event = session.event
    form = _filled(session)
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            version = version_of(form.version.data)
            try:
                with saving():
                    typed = _typed(form, event, session)
                    service.edit_session(session, version=version, **typed, by=current_principal())
            except StaleVersion:
                db.session.refresh(session)
                clash, status = differences(_filled(session, formdata=None), form), CLASH
                form.version.data = str(session.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return _back(session)
    runs = policy.may_run_session(current_principal(), session)
    return render_template(
        "events/session.html", event=event, session=session, form=form, clash=clash, runs=runs
    ), status


@bp.route("/manage/events/<slug:event>/sessions/<key:key>/cancel", methods=["GET", "POST"])
@requires(policy.may_run_session, on=queries.session_by_key)
def cancel_session(session: Session) -> ResponseReturnValue:
    """The session is called off, for good."""
    form = CancelForm()
    form.reason.label.text = _("Why is the session cancelled?")
    return _ask(
        session.event,
        Question(
            title=_("Cancel “%(session)s”?", session=session.title),
            lede=_(
                "It stays in the programme, struck through, with the reason beside it: at once, without publishing."
            ),
            warn=_("A cancelled session can’t be brought back. To hold it at another time, change its time instead."),
            button=_("Cancel the session"),
            dangerous=True,
            done=_("Cancelled."),
            form=form,
            fact=SessionCancelled(
                subject_id=session.event_id, programme_id=session.programme_id, session_id=session.id
            ),
            act=lambda f: service.cancel_session(session, reason=f.reason.data, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/sessions/publish", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def publish_timetable(event: Event) -> ResponseReturnValue:
    """The programme as it stands becomes the public one."""
    found = queries.sessions_of(event.id)
    published = queries.published_lines(event.timetable, event)
    many = sum(bool(warnings) for warnings in _warnings(event, found).values())
    warn = ngettext("%(num)d session has a warning.", "%(num)d sessions have a warning.", many) if many else ""
    private = "" if queries.is_public(event) else _("The event’s page is not public yet: nobody can read it there.")
    return _ask(
        event,
        Question(
            title=_("Publish the programme of %(event)s?", event=event.title),
            lede=_("Everybody reads it as it stands now. What you change later is a draft until you publish again."),
            notes=tuple(note for note in (private, warn) if note),
            changes=tuple(_changed(change) for change in queries.changes_since(found, published)),
            button=_("Publish the programme"),
            done=_("The programme is published."),
            form=PlainForm(),
            fact=TimetablePublished(
                subject_id=event.id, programme_id=event.programme_id, number=0, sessions=len(found)
            ),
            act=lambda _form: service.publish_timetable(event, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/rooms/<key:key>", methods=["GET", "POST"])
@requires(policy.may_rename, on=queries.room_by_key)
def rename_room(room: Room) -> ResponseReturnValue:
    """Call a room something else."""
    return _rename(room, _("What is the room “%(name)s” called?", name=room.name), service.rename_room)


@bp.route("/manage/events/<slug:event>/tracks/<key:key>", methods=["GET", "POST"])
@requires(policy.may_rename, on=queries.track_by_key)
def rename_track(track: Track) -> ResponseReturnValue:
    """Call a track something else."""
    return _rename(track, _("What is the track “%(name)s” called?", name=track.name), service.rename_track)


def _rename(named: Room | Track, title: str, verb: Any) -> ResponseReturnValue:
    return _ask(
        named.event,
        Question(
            title=title,
            lede=_("The new name stands in all its sessions; the public reads it once the programme is published."),
            button=_("Rename"),
            done=_("Renamed."),
            form=NameForm(name=named.name),
            act=lambda form: verb(named, name=form.name.data, by=current_principal()),
        ),
    )


def _ask(event: Event, question: Question) -> ResponseReturnValue:
    place = Place(
        href=url_for(".sessions", event=event.slug),
        name=_("Sessions of %(event)s", event=event.title),
        section="events",
    )
    return pages.ask(question, place=place)


def _back(session: Session) -> ResponseReturnValue:
    return redirect(url_for(".sessions", event=session.event.slug, _anchor=f"session-{session.key}"))


# --- what the page says ------------------------------------------------------------------------------------------


def _runs(principal: Principal, event: Event) -> bool:
    return policy.may_run(principal, event) and event.state not in FIXED


def _may_edit(principal: Principal, session: Session) -> bool:
    fixed = session.event.state in FIXED or session.cancelled_at is not None
    return not fixed and policy.may_edit_session(principal, session)


def _told(session: Session, warnings: Sequence[str], may_edit: bool) -> dict[str, Any]:
    """One session for `components/timetable.html`."""
    href = url_for(".edit_session", event=session.event.slug, key=session.key) if may_edit else ""
    return {
        "id": f"session-{session.key}",
        "title": session.title,
        "state": session.state.value if session.state.value != "planned" else "",
        "cancelled": session.cancel_reason,
        "text": session.description,
        "track": session.track.name if session.track else "",
        "chair": _person(session.chair) if session.chair else None,
        "speakers": [_person(person) for person in session.speakers],
        "themes": [(link.theme.title, "") for link in session.themes],
        "places": session.capacity,
        "warnings": warnings,
        "href": href,
    }


def _person(person: SessionPerson) -> dict[str, str]:
    return {"name": person.name, "organisation": person.organisation}


def _warnings(event: Event, found: Sequence[Session]) -> dict[int, list[str]]:
    """What to look at in each session, in words: what clashes, what is lacking."""
    said = {ident: [_words(clash) for clash in its] for ident, its in queries.clashes(event, found).items()}
    for session in found:
        if session.cancelled_at is not None:
            continue
        if event.kind is EventKind.CONFERENCE and not session.themes:
            said.setdefault(session.id, []).append(_("It stands under no theme group yet."))
        if session.starts_local and session.starts_at is None and event.precision in DATED:
            skipped = _("Its time does not exist on that day: the clocks go forward over it.")
            said.setdefault(session.id, []).append(skipped)
    return said


def _words(clash: Clash) -> str:
    if clash.with_ is None:
        return _("It lies outside the hours of the event.")
    if clash.kind is ClashKind.ROOM:
        return _(
            "The room %(room)s is taken by “%(other)s” at the same time.", room=clash.what, other=clash.with_.title
        )
    return _("%(name)s is in “%(other)s” at the same time.", name=clash.what, other=clash.with_.title)


def _changed(change: Changed) -> str:
    """A difference to the published programme as a sentence: "Waiting times: new", "Cancer: 10am → 11am"."""
    if change.before is None:
        return _("%(session)s: new", session=change.now.title)
    words = {
        "description": _("other words"),
        "chair": _("another chair"),
        "speakers": _("other speakers"),
        "themes": _("other theme groups"),
    }
    said: dict[str, None] = {}
    for field in change.fields:
        if field in words:
            said.setdefault(words[field])
        else:
            old, new = (_value(line, field) or "–" for line in (change.before, change.now))
            said.setdefault(_("%(before)s → %(after)s", before=old, after=new))
    return _("%(session)s: %(what)s", session=change.before.title, what=", ".join(said))


def _value(line: Line, field: str) -> str:
    """What a short field says; start and end say the same, so that a session's hours stand once."""
    if field in ("starts", "ends"):
        return _hours(line)
    value = getattr(line, field)
    return "" if value is None else str(value)


def _hours(line: Line) -> str:
    if line.starts is None or line.ends is None:
        return _("no time")
    return f"{weekday(line.starts)}, {queries.hours(line.starts, line.ends)}"


# --- the form ----------------------------------------------------------------------------------------------------


def _of(event: Event) -> dict[str, Any]:
    """What a session's form must know of its event."""
    return {"first_day": event.day if event.dated else None, "zone": event.zone}


def _offer(form: SessionForm, event: Event, session: Session | None = None) -> None:
    form.offer(
        _offered(event, session),
        rooms=[room.name for room in queries.rooms_of(event.id)],
        tracks=[track.name for track in queries.tracks_of(event.id)],
    )


def _offered(event: Event, session: Session | None) -> list[ThemeGroup]:
    """The groups on offer, and those under which the session stands already."""
    groups = offered(event)
    known = {group.id for group in groups}
    return groups + [link.theme for link in session.themes if link.theme_id not in known] if session else groups


def _filled(session: Session, **sent: Any) -> EditSessionForm:
    """The form as the session stands, under what was sent."""
    stored: dict[str, Any] = {name: getattr(session, name) for name in PLAIN}
    stored |= {
        "version": str(session.version),
        "sign_up": session.sign_up is SignUps.OPTIONAL,
        "room": session.room.name if session.room else "",
        "track": session.track.name if session.track else "",
        "chair": _line(session.chair) if session.chair else "",
        "speakers": "\n".join(_line(person) for person in session.speakers),
        "themes": [link.theme_id for link in session.themes],
    }
    form = EditSessionForm(data=stored, **_of(session.event), **sent)
    _offer(form, session.event, session)
    return form


def _line(person: SessionPerson) -> str:
    """Somebody as they are typed."""
    email = person.person.email if person.person else ""
    return ", ".join(part for part in (person.name, person.organisation, email) if part)


def _typed(form: SessionForm, event: Event, session: Session | None = None) -> dict[str, Any]:
    """What was typed, as the service takes it. Nobody who is known is changed by what was typed."""
    lock(Event, event.id)  # before anybody new is named: parents first
    by_id = {group.id: group for group in _offered(event, session)}
    if any(ident not in by_id for ident in form.themes.data):
        raise NotFound
    chair, speakers = form.people
    return {
        **{name: getattr(form, name).data for name in PLAIN},
        "room": form.room.data,
        "track": form.track.data,
        "chair": _speaker(chair) if chair else None,
        "speakers": [_speaker(speaker) for speaker in speakers],
        "themes": [by_id[ident] for ident in form.themes.data],
        "sign_up": SignUps.OPTIONAL if form.sign_up.data else SignUps.NONE,
    }


def _speaker(said: Named) -> service.Speaker:
    person = person_for(email=said.email, name=said.name, by=current_principal()) if said.email else None
    return service.Speaker(name=said.name, organisation=said.organisation, person=person)
