"""Every component draws itself, well-formed, from what its first comment says; every state has its word and tone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import html5lib
import pytest
from flask import Flask, render_template_string

from engage.accounts import models as accounts
from engage.attendance.models import InvitationState, RegistrationState
from engage.core.jobs import JobState
from engage.core.outbox import MailState
from engage.core.pages import Page
from engage.core.text import day, moment
from engage.events.models import EventState, SessionState
from engage.feedback.models import FormState
from engage.following.models import InterestState
from engage.outcomes.models import ActionState, OutcomeState, RecordState
from engage.people.models import PersonState
from engage.programmes.models import ProgrammeState
from engage.themes.models import ThemeState
from tests.core.forms_bench import TEMPLATES, bench, text_of

STATES = {
    "action": ActionState,
    "event": EventState,
    "feedback": FormState,
    "interest": InterestState,
    "invitation": InvitationState,
    "job": JobState,
    "message": MailState,
    "outcome": OutcomeState,
    "person": PersonState,
    "programme": ProgrammeState,
    "record": RecordState,
    "registration": RegistrationState,
    "session": SessionState,
    "theme": ThemeState,
}

# What each draws, as docs/design.md shows it, and words that must be there.
SAMPLES = {
    "action_card": (
        '{{ action_card("/a", "HCS-A1", "List it", "ONS", on, "agreed", true, 2, "Round Table 3") }}',
        "HCS-A1 Overdue List it ONS due 12 May 2017 re-dated 2 times agreed at Round Table 3",
    ),
    "agenda": (
        '{{ agenda([{"time": "10am", "minutes": 1, "title": "Welcome", "presenter": "Chair"}]) }}',
        "10am Welcome Chair 1 minute",
    ),
    "back_link": ('{{ back_link("/x") }}', "Back"),
    "badge": ('{{ badge("new", "go") }}', "new"),
    "banner": (
        '{{ banner("Saved", "done") }}{% call banner("", "note") %}<p>More</p>{% endcall %}',
        "Saved More",
    ),
    "breadcrumbs": ('{{ breadcrumbs([("Home", "/"), ("Events", "/events")]) }}', "Home Events"),
    "button": ('{{ button("Save") }}{{ button("Go", "/go", "secondary") }}', "Save Go"),
    "chain": (
        """{{ chain([{"kind": "Event", "title": "RT 3", "href": "/e"}, none,
                     {"kind": "Action", "title": "List", "here": true}]) }}""",
        "Event RT 3 Action List",
    ),
    "clash": (
        '{{ clash([{"label": "Notes", "theirs": "A", "yours": "B"}], "Jo", "now") }}',
        """Somebody else saved this while you were writing Jo saved it now. Your words are still in the form below.
        Take over what you need, then save again. Notes Saved now A Yours B""",
    ),
    "confirm": (
        "{{ confirm(effects) }}{{ confirm([]) }}",
        "What this will do 43 people are told What this will do Nobody is told by mail.",
    ),
    "date_block": (
        "{{ date_block(on) }}{{ date_block(none) }}{{ date_block(on, false) }}",
        "May 12 2017 Date ? May 2017",
    ),
    "details": ('{% call details("More") %}<p>Words</p>{% endcall %}', "More Words"),
    "empty": ('{{ empty("No events", "Make one", "/new", "Create") }}', "No events Make one Create"),
    "event_card": (
        """{{ event_card("/e", "RT 3", on, "12 May", "London", "Round Table", "open", ["Cancer"],
                          note="First in March") }}""",
        "May 12 2017 Round Table Registration open RT 3 12 May London First in March Cancer",
    ),
    "figures": (
        '{{ figures([{"number": 41, "label": "promises", "href": "/a", "tone": "kept"}]) }}',
        "promises 41",
    ),
    "filters": (
        '{% call filters("/a", ["Overdue"]) %}<p>Fields</p>{% endcall %}',
        "Narrow the list Overdue Fields Show Clear",
    ),
    "history": (
        """{{ history([{"when": "1 June", "who": "Jo", "what": "Re-dated", "why": "Late",
                        "changes": [("Due", "May", "June")]}]) }}""",
        "Re-dated 1 June · Jo Late Due May June",
    ),
    "kept_bar": (
        "{{ kept_bar(12, 7, 2) }}{{ kept_bar(0, 0) }}",
        "7 of 12 promises kept 2 overdue Nothing promised yet",
    ),
    "key_dates": (
        '{{ key_dates([{"what": "Due", "when": "June", "was": ["May"]}]) }}',
        "Due June earlier: May",
    ),
    "page_header": (
        '{% call page_header("Title", "Kind", "Lede") %}<p>More</p>{% endcall %}',
        "Kind Title Lede More",
    ),
    "pagination": ("{{ pagination(page, href) }}", "← Previous page 1 2 3 4 5 ⋯ 12 Next page →"),
    "people": (
        '{{ people([{"name": "Jo", "role": "Head", "organisation": "ONS", "note": "since May"}]) }}',
        "Jo Head, ONS since May",
    ),
    "search": ('{{ search("/s", "Name") }}', "Name Search"),
    "seats": ("{{ seats(149, 150, 4) }}{{ seats(1) }}", "149 of 150 seats taken 4 waiting 1 seat taken"),
    "section_head": ('{{ section_head("Agenda", "/x", "All") }}', "Agenda All"),
    "subnav": (
        '{{ subnav([{"href": "/i", "text": "Invitations", "here": true, "count": 0}], "This event") }}',
        "Invitations 0",
    ),
    "summary_list": (
        """{{ summary_list([{"key": "Title", "value": "<b>",
                             "action": {"href": "/t", "text": "Change", "about": "the title"}}]) }}""",
        "Title <b> Change the title",
    ),
    "tag": ('{{ tag("action", "verified") }}', "Kept"),
    "theme_card": (
        '{{ theme_card("/t", "Cancer", "Scope", "", 1, 1) }}',
        "Cancer Scope No lead at present 1 of 1 promises kept",
    ),
    "timeline": (
        """{{ timeline([{"year": 2016, "when": "May", "title": "A", "links": [("L", "/l")]},
                        {"year": 2016, "when": "June", "title": "B"}]) }}""",
        "2016 May A L June B",
    ),
    "timetable": (
        """{{ timetable([{"caption": "Wednesday 12 May 2017", "columns": ["Hall"], "rows": [{"time": "10am to 11am",
                          "cells": [{"label": "Hall", "rowspan": 1, "colspan": 1, "sessions": [
                            {"id": "s", "title": "One", "speakers": [{"name": "Jo", "organisation": "ONS"}],
                             "themes": [("Cancer", "/t")], "state": "cancelled", "cancelled": "Ill"}]}]}]}]) }}""",
        "Wednesday 12 May 2017 Time Hall 10am to 11am Hall One Cancelled Ill Jo, ONS Cancer",
    ),
    "todo": (
        '{{ todo([{"href": "/x", "text": "Do it", "note": "why", "due": "today", "tone": "bad"}]) }}',
        "Do it why today",
    ),
    "warning": ('{{ warning("No way back") }}', "! Warning: No way back"),
}
# Drawn by the layouts, the error pages and the forms' own tests.
ELSEWHERE = {"error_summary", "field", "flashes", "footer", "form_tag", "logo", "navigation", "problem", "signed_in"}


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    made = bench()
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    made.jinja_env.filters.update(day=day, moment=moment)
    made.jinja_env.globals.update(
        asset_url=lambda name: f"/static/{name}", principal=SimpleNamespace(name="Jo Marsh", is_admin=True)
    )
    with made.test_request_context():
        yield made


def test_each_component_says_how_it_is_called() -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in (TEMPLATES / "components").glob("*.html")}
    assert set(files) >= set(SAMPLES) | ELSEWHERE
    assert [name for name, source in files.items() if not source.startswith("{#")] == []
    assert [name for name, source in files.items() if f"macro {name}(" not in source] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_component_draws_its_words_well_formed(name: str) -> None:
    sample, words = SAMPLES[name]
    html = render_template_string(
        f'{{% from "components/{name}.html" import {name} %}}{sample}',
        on=date(2017, 5, 12),
        effects=[SimpleNamespace(count=43, what="people are told")],
        page=Page(items=[1], number=4, total=600),
        href="/list?page={}".format,
    )
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parseFragment(html)
    wrong = [code for _at, code, _extra in parser.errors if code != "unexpected-self-closing-tag"]
    assert wrong == []
    assert "style=" not in html
    assert text_of(html) == " ".join(words.split())


@pytest.mark.parametrize("kind", STATES)
def test_every_state_has_a_word_and_a_tone_and_the_translators_see_it(kind: str) -> None:
    source = (TEMPLATES / "components" / "tag.html").read_text(encoding="utf-8")
    for state in STATES[kind]:
        html = render_template_string(
            '{% from "components/tag.html" import tag %}{{ tag(kind, state) }}', kind=kind, state=state
        )
        assert f'"{kind} {state}": "' in source
        assert f'_("{text_of(html)}")' in source


def test_users_have_no_states_of_their_own() -> None:
    assert not [name for name in vars(accounts) if name.endswith("State")]


@pytest.mark.parametrize("name", sorted(path.name for path in (TEMPLATES / "errors").glob("*.html")))
def test_an_error_page_stands_by_itself_and_says_what_to_do(name: str, app: Flask) -> None:
    html = app.jinja_env.get_template(f"errors/{name}").render()
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert len(list(tree.iter("h1"))) == 1
    assert "Go to the front page" in text_of(html)


@pytest.mark.parametrize("layout", ["public", "staff", "link"])
def test_a_page_says_where_one_is_and_whether_something_went_wrong(layout: str) -> None:
    page = (
        f'{{% extends "layouts/{layout}.html" %}}{{% set title = "Round Table 3" %}}{{% set section = "events" %}}'
        "{% block content %}<h1>Words</h1>{% endblock %}"
    )
    tree = html5lib.parse(render_template_string(page), namespaceHTMLElements=False)
    assert tree.findtext(".//title") == "Round Table 3 – engage"
    lit = [link.get("href") for link in tree.iter("a") if link.get("aria-current")]
    assert lit == {"public": ["/events"], "staff": ["/manage/events"], "link": []}[layout]
    wrong = render_template_string(page, form=SimpleNamespace(has_errors=True))
    assert html5lib.parse(wrong, namespaceHTMLElements=False).findtext(".//title") == "Error: Round Table 3 – engage"
