"""An event's public page: when, where, for whom, what was planned, and, once published, what was agreed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from flask import render_template, url_for

from engage.attendance.queries import Seats
from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.text import _, day, local_time, moment, ngettext, time_of_day
from engage.events.models import BEFORE_LIVE, TOOK_PLACE, Admission, EventState, Precision
from engage.feedback.models import FEWEST
from engage.outcomes.models import OutcomeKind, Presence
from engage.site import queries
from engage.site.queries.events import Attendee, EventFacts, EventPage
from engage.site.queries.feedback import QuestionShown
from engage.site.views import bp, cards, timetable

KIND_TONES = {
    OutcomeKind.DECISION: "plan",
    OutcomeKind.AGREEMENT: "go",
    OutcomeKind.FINDING: "rest",
    OutcomeKind.COMMITMENT: "done",
    OutcomeKind.ISSUE: "wait",
}


@bp.get("/events/<slug:event>")
@public
@cached
def event(event: str) -> str:
    """404 for a private event, as for one that doesn't exist."""
    page = queries.event(event)
    if page is None:
        raise NotFound
    facts = page.event
    return render_template(
        "site/event.html",
        event=facts,
        state=cards.public_state(facts.state),
        page=page,
        notice=_notice(page),
        joining=_joining(page),
        dates=_dates(page),
        series=_series(page),
        agenda=_agenda(page),
        programme=timetable.programme(page),
        record=_record(page),
        outcomes=_outcomes(page),
        actions=cards.action_cards(page.actions, event=False),
        feedback=_feedback(page),
        papers=cards.paper_cards(page.papers),
        papers_pack=url_for("site.papers_pack", event=facts.slug) if len(page.papers) > 1 else "",
        nothing=_nothing(page),
        calendar=f"/events/{facts.slug}.ics" if facts.precision in CALENDAR else "",
    )


def _series(page: EventPage) -> dict[str, Any] | None:
    """Its place in its series, and what stands beside it there."""
    facts = page.event
    if facts.series is None or facts.number is None:
        return None
    sides = _("Before it:"), _("After it:")
    return {
        "called": f"{facts.series} {facts.number}",
        "href": url_for("site.events", series=facts.series_slug),
        "name": facts.series,
        "beside": [
            {
                "text": sides[(one.number or 0) > facts.number],
                "href": url_for("site.event", event=one.slug),
                "title": one.title,
            }
            for one in page.beside
        ],
    }


CALENDAR = (Precision.TIME, Precision.DAY)


def _notice(page: EventPage) -> dict[str, Any] | None:
    """What a visitor must know first: cancelled or postponed, and why."""
    state = page.event.state
    if state is EventState.CANCELLED:
        return {"title": _("This event is cancelled."), "why": page.event.state_reason}
    if state is not EventState.POSTPONED:
        return None
    known = page.event.precision is not Precision.TO_BE_CONFIRMED and page.event.starts is not None
    title = (
        _("This event is postponed. It is now planned for %(when)s.", when=page.event.when)
        if known
        else _("This event is postponed. A new date will be given here.")
    )
    return {"title": title, "why": page.event.state_reason}


def _joining(page: EventPage) -> dict[str, Any] | None:
    """Whether one can still come, and how; None once it has begun."""
    facts, seats = page.event, page.seats
    if facts.state not in BEFORE_LIVE:
        return None
    words: dict[str, Any] = {"href": "", "seats": None, "waiting": 0, "closes": "", "opens": ""}
    if facts.state is EventState.OPEN:
        words |= _open(facts, seats)
        words["seats"] = seats if facts.capacity else None
    elif facts.admission is Admission.BY_INVITATION:
        words |= {"title": _("By invitation"), "text": _("Places at this event go to those who are invited.")}
    elif facts.state is EventState.CLOSED:
        words |= {"title": _("Registration is closed"), "text": _("No more places are given for this event.")}
    elif facts.state is EventState.POSTPONED:
        words |= {"title": _("Registration waits"), "text": _("Registration waits for the new date.")}
    else:
        opens = facts.registration_opens_at
        text = _("It opens on %(when)s.", when=moment(opens, facts.zone)) if opens else _("It is not open yet.")
        words |= {"title": _("Registration is not open yet"), "text": text}
    return words


def _open(facts: EventFacts, seats: Seats) -> dict[str, Any]:
    """The words for open registration; who comes when it is full, waits."""
    free, full = seats.free, not seats.room
    if full:
        text = _("Every seat is taken. Join the waiting list: freed seats are offered in order.")
    elif len(seats.open_kinds) > 1:
        text = _("There are places of some kinds of tickets; the form says of which.")
    elif free is None:
        text = _("There is room for everybody.")
    else:
        text = ngettext("%(num)d seat is left.", "%(num)d seats are left.", free)
    if facts.admission is Admission.BY_APPROVAL:
        text += " " + _("Each request is looked at by the organisers.")
    closes = facts.registration_closes_at
    return {
        "title": _("Registration is open"),
        "text": text,
        "href": url_for("site.event", event=facts.slug) + "/register",
        "action": _("Join the waiting list") if full else _("Register"),
        "waiting": seats.waiting,
        "closes": _("Open until %(when)s.", when=moment(closes, facts.zone)) if closes else "",
    }


def _nothing(page: EventPage) -> str:
    """What to say where the page would have no more than its dates."""
    told = (
        *(page.event.description, page.agenda, page.record, page.outcomes),
        *(page.actions, page.feedback, page.papers, page.timetable),
    )
    return "" if any(told) else _("There is no more to say of it yet")


def _dates(page: EventPage) -> list[dict[str, Any]]:
    """When it is, with every date that it had; when registration ends."""
    facts = page.event
    what = _("Held") if facts.state in TOOK_PLACE else _("Planned for")
    return [{"what": what, "when": facts.when, "was": [d.when for d in page.earlier]}]


def _agenda(page: EventPage) -> list[dict[str, Any]]:
    """The open items, each with its hour as long as every item before it says how long it takes. Where sessions go on
    beside each other, their programme says when what is."""
    themes: defaultdict[int, list[str]] = defaultdict(list)
    for theme in page.agenda_themes:
        themes[theme.of].append(theme.title)
    papers: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for paper in page.papers:
        papers[paper.item_id or 0].append((paper.title, url_for("site.paper", reference=paper.reference)))
    at = page.event.starts if page.event.precision is Precision.TIME and not page.timetable else None
    shown = []
    for item in page.agenda:
        line = {
            "time": time_of_day(at) if at else "",
            "minutes": item.minutes,
            "title": item.title,
            "presenter": item.presenter,
            "themes": themes[item.id],
            "papers": papers[item.id],
        }
        if not item.internal:
            shown.append(line)
        at = at + timedelta(minutes=item.minutes) if at and item.minutes else None
    return shown


def _record(page: EventPage) -> dict[str, Any] | None:
    """The published record, or None: then nothing on the page may say that there is one."""
    if not page.record:
        return None
    facts = page.record[0]
    secretariat = sum(head.many for head in page.heads if head.secretariat and head.presence is Presence.PRESENT)
    present = _("present")
    if secretariat:
        present = _("present, %(count)d of them secretariat", count=secretariat)
    return {
        "agreed": day(facts.agreed_on) if facts.agreed_on else "",
        "published": day(local_time(facts.published_at, page.event.zone)),
        "figures": [
            {"number": page.counted(Presence.PRESENT), "label": present},
            {"number": page.counted(Presence.APOLOGIES), "label": _("apologies")},
            {"number": len(page.outcomes), "label": _("outcomes"), "href": "#outcomes" if page.outcomes else ""},
            {"number": len(page.actions), "label": _("actions"), "href": "#actions" if page.actions else ""},
        ],
        "notes": [{"heading": note.item or note.heading, "text": note.text} for note in page.notes],
        "present": [_person(person) for person in page.present],
        "apologies": [_person(person) for person in page.apologies],
    }


def _feedback(page: EventPage) -> dict[str, Any] | None:
    """How the answers of those who came fell, once that is published; comments only as staff chose to show them."""
    if not page.feedback:
        return None
    facts = page.feedback[0]
    return {
        "answered": ngettext(
            "%(answered)d of the %(num)d person who was asked answered, anonymously.",
            "%(answered)d of the %(num)d people who were asked answered, anonymously.",
            facts.asked,
            answered=facts.answered,
        ),
        "questions": [
            {"result": result, "text": result.question.text, "answered": _answered(result)}
            for result in queries.questions(page.asked, page.tallies)
        ],
        "led_to": [
            {
                "words": line.words,
                "question": line.question,
                "reference": line.reference,
                "text": line.text,
                "href": url_for("site.action", reference=line.reference),
            }
            for line in page.led_to
        ],
    }


def _answered(result: QuestionShown) -> str:
    if result.hidden:
        return _("Fewer than %(few)d people answered this, so nothing of it is shown.", few=FEWEST)
    if not result.bars:
        return ngettext(
            "%(num)d person wrote something. It is not published as it was written.",
            "%(num)d people wrote something. It is not published as it was written.",
            result.answered,
        )
    said = ngettext("%(num)d person answered.", "%(num)d people answered.", result.answered)
    return f"{said} {_('On average %(average)s of 5.', average=result.average)}" if result.average else said


def _person(person: Attendee) -> dict[str, Any]:
    note = _("Declared an interest: %(what)s", what=person.interest) if person.interest else ""
    return {
        "name": person.name,
        "role": person.role,
        "organisation": person.organisation,
        "note": note,
        "secretariat": person.secretariat,
    }


def _outcomes(page: EventPage) -> list[dict[str, Any]]:
    words = outcome_words()
    return [
        {
            "reference": line.reference,
            "kind": words[line.kind],
            "tone": KIND_TONES[line.kind],
            "superseded": line.state == "superseded",
            "text": line.text,
            "item": line.item or "",
            "theme": line.theme or "",
            "theme_href": url_for("site.theme", theme=line.theme_slug) if line.theme_slug else "",
        }
        for line in page.outcomes
    ]


def outcome_words() -> dict[OutcomeKind, str]:
    """The kinds of outcome as people say them."""
    return {
        OutcomeKind.DECISION: _("Decision"),
        OutcomeKind.AGREEMENT: _("Agreement"),
        OutcomeKind.FINDING: _("Finding"),
        OutcomeKind.COMMITMENT: _("Commitment"),
        OutcomeKind.ISSUE: _("Issue"),
    }
