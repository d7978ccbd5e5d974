"""The public register of actions, and one action with the whole chain that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.pages import Page, page_number
from engage.core.slots import names_of
from engage.core.text import _, day, excerpt, local_time, ngettext
from engage.outcomes.models import ActionState
from engage.site import queries
from engage.site.forms import RegisterForm
from engage.site.queries.actions import ActionPage, Move, Narrowing, Options, Redate, Update
from engage.site.views import bp, cards
from engage.site.views.events import outcome_words

REGISTER_SIZE = 25
CHAIN_LENGTH = 120
FOLDED = ("state", "programme", "theme", "organisation")
"""Filters that stand folded until one of them is used: on a phone the list should be in sight."""


@bp.get("/actions")
@public
@cached
def actions() -> str:
    """The register: every public action that fits the filters in the address, open ones first, by due date."""
    options = queries.options()
    form = _form(options)
    asked = _asked(form)
    number = page_number(request.args.get("page"))
    rows, total = queries.register(
        asked, zones=options.zones, limit=REGISTER_SIZE, offset=Page.offset(number, REGISTER_SIZE)
    )
    if number > 1 and not rows:
        raise NotFound
    page = Page(items=rows, number=number, total=total, size=REGISTER_SIZE)
    return render_template(
        "site/actions.html",
        form=form,
        active=_active(form),
        unfolded=any(form[name].data or form[name].errors for name in FOLDED),
        page=page,
        cards=cards.action_cards(rows, level=2),
        href=_page_address,
    )


def _form(options: Options) -> RegisterForm:
    form = RegisterForm(MultiDict(request.args))
    form.programme.choices = [(option.slug, option.name) for option in options.programmes]
    form.theme.choices = [(option.slug, option.name) for option in options.themes]
    form.organisation.choices = [(option.slug, option.name) for option in options.organisations]
    form.validate()
    return form


def _asked(form: RegisterForm) -> Narrowing:
    """What was asked; a filter that can't be read narrows nothing, and the page says so beside it."""
    read = {field.name: field.data for field in form if not field.errors and field.data}
    return Narrowing(
        programme=read.get("programme", ""),
        theme=read.get("theme", ""),
        organisation=read.get("organisation", ""),
        states=tuple(read.get("state", ())),
        overdue=bool(read.get("overdue")),
        words=read.get("words", ""),
    )


def _active(form: RegisterForm) -> list[str]:
    """The filters that are on, in words."""
    words: list[str] = []
    for field in form:
        if field.errors or not field.data:
            continue
        if field.name == "overdue":
            words.append(_("Overdue"))
        elif field.name == "words":
            words.append(f"“{field.data}”")
        else:
            labels = {str(choice.value): str(choice.label) for choice in field.offered()}
            chosen = field.data if isinstance(field.data, list) else [field.data]
            words += [labels[str(value)] for value in chosen]
    return words


def _page_address(number: int) -> str:
    """The same filters on another page."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page" and value]
    return f"{url_for('site.actions')}?{urlencode([*kept, ('page', number)])}"


@bp.get("/actions/<ref:reference>")
@public
@cached
def action(reference: str) -> str:
    """404 for a private action, as for one that doesn't exist."""
    page = queries.action(reference)
    if page is None:
        raise NotFound
    facts = page.action
    names = names_of(page.actors)
    return render_template(
        "site/action.html",
        action=facts,
        overdue=page.overdue,
        due=_due(page),
        slipped=_slipped(page),
        chain=_chain(page),
        story=_story(page, names),
        other_themes=[(t.title, url_for("site.theme", theme=t.slug)) for t in page.other_themes],
        said=[
            {"words": s.words, "question": s.question, "event": s.event, "href": _event(s.event_slug)}
            for s in page.said
        ],
        replaces=[(o.slug, o.name, url_for("site.action", reference=o.slug)) for o in page.replaces],
        instead_href=url_for("site.action", reference=facts.instead_reference) if facts.instead_reference else "",
    )


def _event(slug: str) -> str:
    return url_for("site.event", event=slug)


def _due(page: ActionPage) -> list[dict[str, Any]]:
    """When it is due, with every earlier date."""
    if page.action.due is None:
        return []
    return [{"what": _("Due"), "when": day(page.action.due), "was": [day(r.old) for r in page.redates]}]


def _slipped(page: ActionPage) -> str:
    """How often and how far the promise slipped (derived); empty where it didn't."""
    if not page.redates:
        return ""
    times = ngettext("Re-dated once", "Re-dated %(num)d times", len(page.redates))
    days = page.days_slipped
    if days > 0:
        far = ngettext("%(num)d day later than first promised", "%(num)d days later than first promised", days)
    elif days < 0:
        far = ngettext("%(num)d day earlier than first promised", "%(num)d days earlier than first promised", -days)
    else:
        far = _("back at the day first promised")
    return f"{times}, {far}."


def _chain(page: ActionPage) -> list[dict[str, Any]]:
    """Programme, theme group, event, agenda item, outcome, this action, and whether it was kept."""
    facts = page.action
    links: list[dict[str, Any]] = [
        {
            "kind": _("Programme"),
            "title": facts.programme,
            "href": url_for("site.programme", programme=facts.programme_slug),
        }
    ]
    if facts.theme and facts.theme_slug:
        href = url_for("site.theme", theme=facts.theme_slug)
        links.append({"kind": _("Theme group"), "title": facts.theme, "href": href})
    links.append({"kind": _("Event"), "title": facts.event, "href": _event(facts.event_slug), "note": facts.event_when})
    if facts.item:
        links.append({"kind": _("Agenda item"), "title": facts.item, "href": f"{_event(facts.event_slug)}#agenda"})
    if facts.outcome and facts.outcome_kind:
        links.append(
            {
                "kind": outcome_words()[facts.outcome_kind],
                "title": excerpt(facts.outcome, CHAIN_LENGTH),
                "href": f"{_event(facts.event_slug)}#{facts.outcome_reference}",
                "note": facts.outcome_reference,
            }
        )
    links.append({"kind": _("Action"), "title": facts.organisation, "here": True, "note": facts.reference})
    links.append(_end(page))
    return links


def _end(page: ActionPage) -> dict[str, Any]:
    """The last link: closed where the promise was kept, open while it wasn't."""
    state = page.action.state
    last = next((move for move in reversed(page.moves) if move.state is state), None)
    on = day(local_time(last.at, page.action.zone)) if last else ""
    if state is ActionState.VERIFIED:
        return {"kind": _("Kept"), "title": _("Verified"), "note": on}
    if state is ActionState.DROPPED:
        return {"kind": _("Dropped"), "title": _("It will not be done"), "note": on, "ahead": True}
    if state is ActionState.SUPERSEDED:
        return {"kind": _("Superseded"), "title": _("Another action took its place"), "note": on, "ahead": True}
    waiting = state is ActionState.REPORTED_COMPLETE
    title = _("Waits for somebody else’s word") if waiting else _("Not yet")
    return {"kind": _("Kept?"), "title": title, "ahead": True}


def _story(page: ActionPage, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Everything that happened to it, oldest first: moves, re-dates and what the owner said."""
    told: list[tuple[datetime, dict[str, Any]]] = [(m.at, _moved(m, names)) for m in page.moves if _tells(m, page)]
    told += [(r.at, _redated(r, names)) for r in page.redates]
    told += [(u.at, _progress(u, names)) for u in page.updates]
    zone = page.action.zone
    return [
        {**said, "year": local_time(at, zone).year, "when": " · ".join(filter(None, (day(local_time(at, zone)), who)))}
        for at, said in sorted(told, key=lambda one: one[0])
        for who in [said.pop("who")]
    ]


def _tells(move: Move, page: ActionPage) -> bool:
    """Whether a move says more than the progress update that was made with it."""
    if move.state is ActionState.REPORTED_COMPLETE:
        return False
    if move.state is not ActionState.IN_PROGRESS or move.reason:
        return move.state in MOVED
    return all(abs(update.at - move.at) > SAME_ACT for update in page.updates)


SAME_ACT = timedelta(minutes=1)
MOVED = {
    ActionState.AGREED: "event",
    ActionState.IN_PROGRESS: "note",
    ActionState.VERIFIED: "action",
    ActionState.DROPPED: "note",
    ActionState.SUPERSEDED: "note",
}


def _moved(move: Move, names: Mapping[str, str]) -> dict[str, Any]:
    words = {
        ActionState.AGREED: _("Agreed"),
        ActionState.IN_PROGRESS: _("Returned: more is to be done") if move.reason else _("Work began"),
        ActionState.VERIFIED: _("Verified: the promise is kept"),
        ActionState.DROPPED: _("Dropped"),
        ActionState.SUPERSEDED: _("Replaced by another action"),
    }
    who = names.get(move.actor, "") if move.state is ActionState.VERIFIED else ""
    return {"kind": MOVED[move.state], "title": words[move.state], "text": move.reason, "who": who}


def _redated(redate: Redate, names: Mapping[str, str]) -> dict[str, Any]:
    title = _("Due date moved from %(old)s to %(new)s", old=day(redate.old), new=day(redate.new))
    who = names.get(redate.approved_by, "")
    approved = _("approved by %(name)s", name=who) if who else ""
    return {"kind": "note", "title": title, "text": redate.reason, "who": approved}


def _progress(update: Update, names: Mapping[str, str]) -> dict[str, Any]:
    reported = update.state is ActionState.REPORTED_COMPLETE
    title = _("Reported complete") if reported else _("Progress")
    if not reported and update.percent is not None:
        title = _("Progress: %(percent)d%% done", percent=update.percent)
    return {
        "kind": "record" if reported else "note",
        "title": title,
        "text": update.words,
        "links": [(_("Evidence"), update.evidence_url)] if update.evidence_url else [],
        "who": names.get(update.actor, ""),
    }
