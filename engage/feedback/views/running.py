"""The event's feedback page: the draft, how many have answered, or the results; opening, closing, publishing."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.core import pages
from engage.core.access import current_principal, requires
from engage.core.facts import Effect
from engage.core.pages import event_tabs, history_rows
from engage.core.text import _, _l, ngettext
from engage.events import queries as events
from engage.events.models import TOOK_PLACE, Event
from engage.feedback import policy, queries, service
from engage.feedback.forms import MakeForm, PlainForm
from engage.feedback.models import FEWEST, FeedbackForm, FormState, QuestionKind
from engage.feedback.views import bp
from engage.feedback.views.building import PAGE
from engage.feedback.views.pages import staff_place

KIND_WORDS = {
    QuestionKind.SCALE: _l("Scale from 1 to 5"),
    QuestionKind.CHOICE: _l("One of several answers"),
    QuestionKind.TEXT: _l("Text"),
}
LABELS = {"introduction": _l("Introduction"), "text": _l("Question"), "options": _l("Answers on offer")}


@bp.get(PAGE)
@requires(policy.may_read, on=events.by_slug)
def show(event: Event) -> ResponseReturnValue:
    """What stands now, and what to do next."""
    asked = queries.by_event(event.id)
    common = {
        "event": event,
        "tabs": event_tabs(event),
        "may_run": policy.may_run(current_principal(), event),
        "plain": PlainForm(formdata=None),
    }
    if asked is None:
        return render_template("feedback/none.html", make=MakeForm(formdata=None), **common)
    common |= {
        "asked": asked,
        "history": history_rows("feedback_form", asked.id, zone=event.zone, labels=LABELS),
        "fewest": FEWEST,
    }
    if asked.state is FormState.DRAFT:
        return render_template(
            "feedback/draft.html", took_place=event.state in TOOK_PLACE, kind_words=KIND_WORDS, **common
        )
    if asked.state is FormState.OPEN:
        more = len(queries.not_yet_asked(asked))
        return render_template("feedback/open.html", answered=queries.answered(asked.id), more=more, **common)
    return render_template(
        "feedback/results.html",
        results=queries.results(asked),
        links=_links(asked),
        public=events.is_public(event),
        **common,
    )


@bp.route(f"{PAGE}/open", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def open_form(asked: FeedbackForm) -> ResponseReturnValue:
    """Says whom it will tell, with their names, and tells them."""
    return pages.ask(
        pages.Question(
            form=PlainForm(),
            act=lambda _form: service.open_form(asked, by=current_principal()),
            title=_("Open the form for answers?"),
            lede=_("From then on its questions stay as they are."),
            button=_("Open it and tell them"),
            done=_("The form is open; everybody who attended gets a link."),
            effects=service.opening(asked) if asked.state is FormState.DRAFT else None,
        ),
        place=staff_place(asked.event),
    )


@bp.route(f"{PAGE}/ask-more", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def ask_more(asked: FeedbackForm) -> ResponseReturnValue:
    """Those who were marked as attending since."""
    more = queries.not_yet_asked(asked) if asked.state is FormState.OPEN else []
    said = ngettext("person gets a link of their own", "people get a link each", len(more))
    effects = [Effect(len(more), said, tuple(r.name for r, _address in more))] if more else None
    return pages.ask(
        pages.Question(
            form=PlainForm(),
            act=lambda _form: service.ask_more(asked, by=current_principal()),
            title=_("Ask those who were added since?"),
            button=_("Tell them"),
            done=_("They get a link now."),
            effects=effects,
        ),
        place=staff_place(asked.event),
    )


@bp.route(f"{PAGE}/close", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def close(asked: FeedbackForm) -> ResponseReturnValue:
    """For good: the page says why."""
    return pages.ask(
        pages.Question(
            form=PlainForm(),
            act=lambda _form: service.close_form(asked, by=current_principal()),
            title=_("Close the form?"),
            lede=_("Nobody can answer after that, and you see the results."),
            warn=_(
                "A closed form can’t be opened again: two looks at the results, with one answer between them, would "
                "tell whose it is."
            ),
            button=_("Close it"),
            done=_("The form is closed. Here is what it brought."),
        ),
        place=staff_place(asked.event),
    )


@bp.route(f"{PAGE}/publish", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def publish(asked: FeedbackForm) -> ResponseReturnValue:
    """Numbers on the event's public page; comments only where staff linked them, in words that they chose."""
    return pages.ask(
        pages.Question(
            form=PlainForm(),
            act=lambda _form: service.publish_form(asked, by=current_principal()),
            title=_("Publish the results?"),
            lede=_("The numbers stand on the event’s public page from then on."),
            changes=(
                _("Comments are not published as they were written."),
                _("A comment that you linked to a public action is shown there, in the words that you chose."),
                _("Questions that fewer than %(few)d people answered show no numbers.", few=FEWEST),
            ),
            button=_("Publish the results"),
            done=_("Published. The numbers stand on the event’s public page."),
        ),
        place=staff_place(asked.event),
    )


def _links(asked: FeedbackForm) -> dict[str, list[object]]:
    """The standing links by the address of their comment."""
    found: dict[str, list[object]] = {}
    for link in queries.links_of_form(asked.id):
        found.setdefault(queries.comment_key(link.response_id, link.question.key), []).append(link)
    return found
