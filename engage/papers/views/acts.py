"""The acts that bring a paper to its readers or take it from them: each has a page that asks first."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from engage.core import pages
from engage.core.access import current_principal, requires
from engage.core.pages import Place, Question
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.models import Event
from engage.papers import policy, queries, service
from engage.papers.forms import PlainForm, WithdrawForm
from engage.papers.models import Paper, PaperState
from engage.papers.views import bp


def ask(paper: Paper, question: Question) -> ResponseReturnValue:
    """Ask, and come back to the paper."""
    href = url_for("papers.show", reference=paper.reference)
    return pages.ask(question, place=Place(href=href, name=f"{paper.reference} {paper.title}", section="events"))


@bp.route("/manage/papers/<ref:reference>/circulate", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_reference)
def circulate(paper: Paper) -> ResponseReturnValue:
    """To the participants."""
    number = paper.newest.number
    return ask(
        paper,
        Question(
            title=_("Circulate %(paper)s?", paper=paper.title),
            lede=_for_participants(number)
            if paper.event_id
            else _("Version %(number)d is final then: it can be agreed.", number=number),
            button=_("Circulate it"),
            done=_("Circulated."),
            form=PlainForm(),
            act=lambda _form: service.circulate(paper, by=current_principal()),
        ),
    )


def _for_participants(number: int) -> str:
    return _(
        "Everybody who is invited or has a place at the event finds version %(number)d behind their own link. Nobody "
        "is told by mail, and nobody learns who has read it.",
        number=number,
    )


@bp.route("/manage/events/<slug:event>/papers/circulate", methods=["GET", "POST"])
@requires(policy.may_run, on=events.by_slug)
def circulate_all(event: Event) -> ResponseReturnValue:
    """Every draft of an event."""
    drafts = [paper for paper in queries.of_event(event.id) if paper.state is PaperState.DRAFT]
    many = len(drafts)
    question = Question(
        title=_("Circulate the papers of %(event)s?", event=event.title),
        lede=_(
            "Everybody who is invited or has a place at the event finds them behind their own link. Nobody is told by "
            "mail, and nobody learns who has read them."
        ),
        button=ngettext("Circulate %(num)d paper", "Circulate %(num)d papers", many),
        done=_("Circulated."),
        form=PlainForm(),
        act=lambda _form: service.circulate_all(event, by=current_principal()),
        notes=tuple(f"{paper.reference} {paper.title}" for paper in drafts),
    )
    href = url_for("papers.of_event", event=event.slug)
    return pages.ask(question, place=Place(href=href, name=event.title, section="events"))


@bp.route("/manage/papers/<ref:reference>/agree", methods=["GET", "POST"])
@requires(policy.may_convene, on=queries.by_reference)
def agree(paper: Paper) -> ResponseReturnValue:
    """As it was circulated."""
    return ask(
        paper,
        Question(
            title=_("Was %(paper)s agreed?", paper=paper.title),
            lede=_("Version %(number)d is kept as agreed. It can be published then.", number=paper.newest.number),
            button=_("Yes, it was agreed"),
            done=_("Agreed."),
            form=PlainForm(),
            act=lambda _form: service.agree(paper, by=current_principal()),
        ),
    )


@bp.route("/manage/papers/<ref:reference>/publish", methods=["GET", "POST"])
@requires(policy.may_convene, on=queries.by_reference)
def publish(paper: Paper) -> ResponseReturnValue:
    """For everybody."""
    return ask(
        paper,
        Question(
            title=_("Publish %(paper)s?", paper=paper.title),
            lede=_(
                "Everybody can read its page, and version %(number)d, from then on: title, description, what is "
                "different from earlier versions, the file.",
                number=paper.newest.number,
            ),
            button=_("Publish it"),
            done=_("Published. Everybody can read it now."),
            form=PlainForm(),
            act=lambda _form: service.publish(paper, by=current_principal()),
        ),
    )


@bp.route("/manage/papers/<ref:reference>/withdraw", methods=["GET", "POST"])
@requires(policy.may_convene, on=queries.by_reference)
def withdraw(paper: Paper) -> ResponseReturnValue:
    """From everybody, for good."""
    return ask(
        paper,
        Question(
            title=_("Withdraw %(paper)s?", paper=paper.title),
            lede=_("Its files stay with staff. Whoever could read them finds your reason instead."),
            warn=_("A withdrawn paper can’t be brought back."),
            button=_("Withdraw it"),
            done=_("Withdrawn."),
            form=WithdrawForm(),
            act=lambda form: service.withdraw(paper, reason=form.reason.data, by=current_principal()),
            dangerous=True,
        ),
    )
