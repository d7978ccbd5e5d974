"""Two small worlds for the table of access: a programme with one of everything, all of it private; and a public one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app
from werkzeug.routing import Rule

from engage.accounts import queries as accounts
from engage.accounts import service as signing_in
from engage.attendance import queries as attendance
from engage.attendance import service as attending
from engage.attendance.models import Audience
from engage.core import clock, jobs, links, outbox
from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import queries
from engage.events import service as events
from engage.events.models import Event, SignUps
from engage.feedback import service as feedback
from engage.outcomes import queries as outcomes
from engage.outcomes import service as recording
from engage.people import service as people
from engage.themes import service as themes
from engage.themes.models import ThemeGroup
from tests.factories.accounts import a_user
from tests.factories.attendance import a_kind, a_substitute, accepted, an_invitation
from tests.factories.events import (
    a_draft,
    a_programme,
    a_session,
    a_theme,
    an_agenda_item,
    an_event,
    an_open_event,
)
from tests.factories.feedback import a_closed_form, a_comment, a_form, an_attended_event, an_open_form, those_asked
from tests.factories.following import a_follower
from tests.factories.imports import prepared
from tests.factories.outcomes import a_person, a_published_record, a_record, an_action, an_outcome
from tests.factories.papers import a_paper, published
from tests.factories.questions import K, a_question, after, an_answer

NO_SUCH_TOKEN = "x" * 24


@dataclass(frozen=True, kw_only=True)
class World:
    """`parts`: what stands in addresses, by the argument's name; `own`: what one endpoint has instead.

    `elsewhere` is an event of another programme; `subjects`: the subject of a link, by purpose.
    """

    programme_id: int
    theme: ThemeGroup
    other_theme: ThemeGroup
    elsewhere: Event
    parts: Mapping[str, object]
    own: Mapping[str, Mapping[str, object]]
    subjects: Mapping[str, int] = field(default_factory=dict)

    def url(self, rule: Rule, purpose: str = "", **other: object) -> str:
        """The address of an endpoint in this world; by link: the live link of this purpose."""
        if purpose in self.subjects:
            other = {"token": links.token_of(purpose, self.subjects[purpose]), **other}
        known = {"token": NO_SUCH_TOKEN, **self.parts, **self.own.get(rule.endpoint, {}), **other}
        values = {name: known[name] for name in rule.arguments}
        return current_app.url_map.bind("localhost").build(rule.endpoint, values, method=_method(rule))

    def crossed(self, rule: Rule) -> str:
        """The same thing, said to belong to an event or theme group of the other programme."""
        theme = self.elsewhere.owning_theme
        assert theme is not None
        parents = {"event": self.elsewhere.slug, "theme": theme.slug}
        return self.url(rule, **{name: slug for name, slug in parents.items() if name in rule.arguments})

    def appoint(self, email: str, theme: ThemeGroup) -> None:
        """The person with this address leads this group from today."""
        with saving():
            person = people.person_for(email=email, name="Somebody", by=SYSTEM)
            themes.appoint(theme, person=person, starts_on=clock.today("UTC"), by=SYSTEM)


def _method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def a_world() -> World:
    """A programme that is not public, with one of everything that an address can name."""
    programme = a_programme(published=False)
    theme, other_theme = a_theme(programme), a_theme(programme)
    lead = a_person("Lea Lead")
    with saving():
        term = themes.appoint(theme, person=lead, starts_on=clock.today("UTC"), by=SYSTEM)
    event = an_event(programme, published=False, theme=theme, chair=a_person("Carol Chair"))
    item = an_agenda_item(event)
    session = a_session(event, room="Library", track="Care", themes=[theme], sign_up=SignUps.OPTIONAL)
    asks = a_question(event, K.CHOICE, "Will you speak?")
    a_question(event, K.TEXT, "About what?", **after(asks))
    a_question(event, K.TEXT, "Which table?", audience=Audience.STAFF, required=True)
    slides = a_question(event, K.FILE, "Your slides", audience=Audience.STAFF)
    a_question(event, K.CHOICE, "Do you bring a laptop?", audience=Audience.DOOR, required=True)
    kind = a_kind(event, "Delegate")
    a_kind(event, "Press", 4)
    invitation, registered = an_invitation(event), accepted(event)
    booking = attendance.of_invitation(registered.id)
    assert booking is not None
    an_answer(booking, {asks: "Yes"})
    an_answer(booking, {slides: "slides.txt"}, Audience.STAFF)
    proposed = a_substitute(an_invitation(event))
    import_ = prepared(event, "Imogen Import,imogen@example.org,")
    with saving():
        events.publish_timetable(event, by=SYSTEM)
        sign_up = attending.sign_up(booking, session, by=SYSTEM)
        events.go_live(event, by=SYSTEM)
    record = a_record(event)
    outcome = an_outcome(event)
    action = an_action(event, outcome=outcome)
    with saving():
        recording.circulate(record, by=SYSTEM)
    paper = a_paper(event, item=item)
    form = a_form(event)
    closed = a_closed_form(an_attended_event(programme=programme, published=False, theme=theme))
    comment = a_comment(closed)
    with saving():
        linked = feedback.link_comment(
            closed, response_id=comment.response_id, question=comment.question, action=action, by=SYSTEM
        )
        job = jobs.put("following/actions", args={})
        message = outbox.messages(limit=1)[0]
    user = a_user("olga@engage.example", name="Olga Other")
    with saving():
        token = signing_in.sign_in_link_for(user.email).rsplit("/", 1)[1]
        signing_in.sign_in(token)
    assert job is not None
    asked = {"key": booking.key}
    room, track = (named[0].key for named in (queries.rooms_of(event.id), queries.tracks_of(event.id)))
    question = {"key": form.questions[0].key}
    with saving():
        series = events.make_series(programme, name="Round Table", by=SYSTEM)
        events.put_in_series(event, series, by=SYSTEM)
    reference = {"reference": outcome.reference}
    return World(
        programme_id=programme.id,
        theme=theme,
        other_theme=other_theme,
        elsewhere=a_draft(),
        parts={
            "programme": programme.slug,
            "theme": theme.slug,
            "term": term.key,
            "event": event.slug,
            "series": series.slug,
            "item": item.key,
            "note": record.notes[0].key,
            "line": record.people[0].key,
            "number": 1,
            "reference": action.reference,
            "user": user.key,
            "session": accounts.live_sessions(user.id)[0].key,
            "message": message.key,
            "job": job.key,
        },
        own={
            **{f"events.{verb}_session": {"key": session.key} for verb in ("edit", "cancel")},
            "events.rename_room": {"key": room},
            "events.rename_track": {"key": track},
            "attendance.withdraw_invitation": {"key": invitation.key},
            **{f"attendance.{verb}_sign_up": {"key": sign_up.key} for verb in ("move", "remove")},
            **{
                f"attendance.{name}": {"key": session.key}
                for name in ("session_sign_ups", "session_sign_ups_csv", "session_check_in", "tick_at_session")
            },
            **{f"attendance.{page}": {"key": invitation.key} for page in ("withdraw_invitation", "invitation_staff")},
            **{f"attendance.{verb}_substitute": {"key": proposed.key} for verb in ("approve", "refuse")},
            **{f"attendance.{verb}_kind": {"key": kind.key} for verb in ("edit", "raise", "retire")},
            **{f"attendance.{verb}registration": asked for verb in ("", "approve_", "refuse_", "cancel_")},
            **{f"attendance.{page}": asked for page in ("check_in_asking", "fill_in_answers")},
            "attendance.answers_to": {"key": asks.key},
            "attendance.answer_file": {"key": booking.key, "question": slides.key},
            **{f"attendance.{verb}_question": {"key": asks.key} for verb in ("edit", "move", "retire")},
            **{
                f"attendance.{name}": {"key": import_.key}
                for name in (
                    "import_rows",
                    "import_columns",
                    "import_csv",
                    "stop_import",
                    "go_on_importing",
                    "discard_import",
                    "undo_import",
                    "tell_imported",
                )
            },
            **{f"feedback.{verb}_question": question for verb in ("edit", "remove")},
            "feedback.link": {"event": closed.event.slug, "key": comment.key},
            "feedback.withdraw": {"event": closed.event.slug, "key": linked.key},
            **{f"outcomes.{verb}": reference for verb in ("edit_outcome", "strike", "supersede")},
            **{
                f"papers.{verb}": {"reference": paper.reference, "name": paper.newest.name}
                for verb in ("show", "file", "add_version", "edit", "circulate", "agree", "publish", "withdraw")
            },
        },
    )


def a_public_world() -> World:
    """A programme whose event, record, action and theme group are public, with a live link for every purpose."""
    programme = a_programme()
    theme = a_theme(programme)
    event = an_open_event(programme, theme=theme)
    session = a_session(event, sign_up=SignUps.OPTIONAL)
    with saving():
        events.publish_timetable(event, by=SYSTEM)
    asks = a_question(event, K.CHOICE, "Will you speak?")
    a_question(event, K.DATE, "On which day?", **after(asks))
    a_question(event, K.CONSENT, "I agree to be named", terms="In the **list** of participants.")
    a_question(event, K.FILE, "Your slides", **after(asks))
    record = a_published_record()
    action = outcomes.actions_of_event(record.event_id)[0]
    form = an_open_form(an_attended_event(programme=programme))
    interest = a_follower(theme)
    paper = published(a_paper(event))
    booking = attendance.of_invitation(accepted(event).id)
    assert booking is not None
    with saving():
        attending.sign_up(booking, session, by=SYSTEM)
    subjects = {
        "invitation": an_invitation(event).id,
        "booking": booking.id,
        "action": action.id,
        "record": record.people[0].id,
        "feedback": those_asked(form)[0].id,
        "interests": interest.follower_id,
    }
    with saving():
        for purpose, subject in subjects.items():
            links.issue(purpose, subject)
    return World(
        programme_id=programme.id,
        theme=theme,
        other_theme=theme,
        elsewhere=record.event,
        parts={
            "programme": programme.slug,
            "theme": theme.slug,
            "event": event.slug,
            "reference": action.reference,
            "key": interest.key,
            "name": "nothing.eml",
            "filename": "nothing.css",
            "number": 1,
        },
        own={
            "attendance.ticket": {"key": booking.key},
            **{
                endpoint: {"reference": paper.reference, "name": paper.newest.name}
                for endpoint in ("papers.by_booking", "papers.by_invitation", "site.paper", "site.paper_file")
            },
        },
        subjects=subjects,
    )
