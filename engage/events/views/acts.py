"""The acts that move an event: each has a page that says what will follow, and does it when it is sent."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from engage.core import clock, pages
from engage.core.access import current_principal, requires
from engage.core.pages import Place, Question, Verbs
from engage.core.text import _, local_time
from engage.events import policy, queries, service
from engage.events.forms import CancelForm, OpenForm, PlainForm, ReasonForm
from engage.events.models import Event
from engage.events.views import bp
from engage.themes.queries import is_public as theme_is_public


def ask(event: Event, question: Question) -> ResponseReturnValue:
    """Ask on a page of the event, and come back to its overview."""
    place = Place(href=url_for("events.overview", event=event.slug), name=event.title, section="events")
    return pages.ask(question, place=place)


@bp.route("/manage/events/<slug:event>/schedule", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def schedule(event: Event) -> ResponseReturnValue:
    """Draft → scheduled."""
    past = event.starts_at is not None and event.starts_at <= clock.now()
    return ask(
        event,
        Question(
            title=_("Schedule %(event)s?", event=event.title),
            lede=_(
                "It is planned for: %(when)s. From then on every date that it has is kept and shown.", when=event.when
            ),
            warn=_("This start has passed: the event begins, and is held, as soon as you schedule it.") if past else "",
            button=_("Schedule the event"),
            done=_("Scheduled. It is still private: publish it when its page is ready."),
            form=PlainForm(),
            act=lambda _form: service.schedule(event, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/publish", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def publish(event: Event) -> ResponseReturnValue:
    """Its page becomes public."""
    hidden = [link.theme.title for link in event.themes if not theme_is_public(link.theme)]
    notes = [_("“%(theme)s” is not public yet: the page will not name it.", theme=title) for title in hidden]
    return ask(
        event,
        pages.publishing(
            event,
            title=_("Publish %(event)s?", event=event.title),
            lede=_(
                "Everybody can read its page from then on: title, summary, date, town, open agenda. The address, the "
                "online link and who comes stay private."
            ),
            done=_("Published. Everybody can read the event’s page now."),
            zone=event.zone,
            fact=service.publishing(event),
            verbs=Verbs(
                now=lambda: service.publish(event, by=current_principal()),
                at=lambda at: service.publish_at(event, at=at, by=current_principal()),
                never=lambda: service.call_off_publication(event, by=current_principal()),
            ),
            notes=tuple(notes),
        ),
    )


@bp.route("/manage/events/<slug:event>/open", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def open_registration(event: Event) -> ResponseReturnValue:
    """Registration opens now."""
    planned = event.registration_closes_at
    still = planned if planned is not None and planned > clock.now() else None
    form = OpenForm(closes=still and local_time(still, event.zone))
    form.closes.zone = event.zone
    return ask(
        event,
        Question(
            title=_("Open registration for %(event)s?", event=event.title),
            lede=_("Anybody can register from now on, until the event starts or the time that you set here."),
            warn="" if queries.is_public(event) else _("Its page is not public yet: nobody can find the form."),
            button=_("Open registration"),
            done=_("Registration is open."),
            form=form,
            act=lambda f: service.open_registration(event, closes=f.closes.data, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/close", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def close_registration(event: Event) -> ResponseReturnValue:
    """Registration closes now."""
    return ask(
        event,
        Question(
            title=_("Close registration for %(event)s?", event=event.title),
            lede=_("Nobody can register any more. Who has a place keeps it, and the waiting list moves on as before."),
            button=_("Close registration"),
            done=_("Registration is closed."),
            form=PlainForm(),
            act=lambda _form: service.close_registration(event, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/cancel", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def cancel(event: Event) -> ResponseReturnValue:
    """The event is called off, for good."""
    return ask(
        event,
        Question(
            title=_("Cancel %(event)s?", event=event.title),
            lede=_("Everybody concerned is told once, and their calendars are cleared. Its page stays, and says so."),
            warn=_("A cancelled event can’t be opened again. To move it to another date, postpone it instead."),
            button=_("Cancel the event"),
            dangerous=True,
            done=_("Cancelled."),
            form=CancelForm(),
            act=lambda f: service.cancel(event, reason=f.reason.data, by=current_principal()),
            fact=service.cancelling(event),
        ),
    )


@bp.route("/manage/events/<slug:event>/live", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def go_live(event: Event) -> ResponseReturnValue:
    """The event begins now."""
    today = event.day == clock.today(event.zone)
    planned = _("It is planned for: %(when)s. Going live can’t be taken back.", when=event.when)
    return ask(
        event,
        Question(
            title=_("Begin %(event)s now?", event=event.title),
            lede=_("It goes live by itself at its start. Begin it by hand if people are early."),
            warn="" if today else planned,
            button=_("Go live"),
            done=_("The event is live."),
            form=PlainForm(),
            act=lambda _form: service.go_live(event, by=current_principal()),
            fact=service.going_live(event),
        ),
    )


@bp.route("/manage/events/<slug:event>/hold", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def hold(event: Event) -> ResponseReturnValue:
    """The event is over."""
    return ask(
        event,
        Question(
            title=_("Is %(event)s over?", event=event.title),
            lede=_("It counts as held by itself 12 hours after its end. Check-in ends; the record can be finished."),
            button=_("Yes, it is over"),
            done=_("The event was held."),
            form=PlainForm(),
            act=lambda _form: service.hold(event, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/no-record", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def no_record_needed(event: Event) -> ResponseReturnValue:
    """Settled without a record."""
    return ask(
        event,
        Question(
            title=_("Does %(event)s need no record?", event=event.title),
            lede=_("Nothing that was agreed there will be on record. The reason is kept in the history."),
            button=_("No record needed"),
            done=_("Settled without a record."),
            form=ReasonForm(),
            act=lambda f: service.no_record_needed(event, reason=f.reason.data, by=current_principal()),
        ),
    )


@bp.route("/manage/events/<slug:event>/archive", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def archive(event: Event) -> ResponseReturnValue:
    """Put away."""
    return ask(
        event,
        Question(
            title=_("Archive %(event)s?", event=event.title),
            lede=_("Its pages stay as they are; nothing of it changes any more."),
            button=_("Archive the event"),
            done=_("Archived."),
            form=PlainForm(),
            act=lambda _form: service.archive(event, by=current_principal()),
        ),
    )
