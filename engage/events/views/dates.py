"""Postponing an event, and giving a postponed one its new date."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from engage.core.access import current_principal, requires
from engage.core.pages import Question
from engage.core.text import _, local_time
from engage.events import policy, queries, service
from engage.events.forms import PostponeForm, RescheduleForm
from engage.events.models import Event, Precision
from engage.events.views import bp
from engage.events.views.acts import ask


def date_data(event: Event) -> dict[str, Any]:
    """The event's date as the form's fields take it."""
    known = event.starts is not None
    return {
        "precision": event.precision,
        "starts": event.starts if event.precision is Precision.TIME else None,
        "ends": event.ends if event.precision is Precision.TIME else None,
        "first_day": event.starts.date() if event.starts and event.dated else None,
        "last_day": _last_day(event),
        "in_month": f"{event.starts:%Y-%m}" if known else None,
        "zone": event.zone,
    }


def _last_day(event: Event) -> Any:
    if event.precision is not Precision.DAY or event.starts is None or event.ends is None:
        return None
    return event.ends.date() if event.ends > event.starts else None


@bp.route("/manage/events/<slug:event>/postpone", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def postpone(event: Event) -> ResponseReturnValue:
    """One act: the reason, the new date as far as it is known, who is asked again."""
    form = PostponeForm(data={"precision": Precision.TO_BE_CONFIRMED, "zone": event.zone})

    def act(f: PostponeForm) -> object:
        return service.postpone(
            event,
            reason=f.reason.data,
            reconfirm_by=f.reconfirm_by.data,
            **f.when,
            by=current_principal(),
        )

    return ask(
        event,
        Question(
            title=_("Postpone %(event)s?", event=event.title),
            lede=_("It is planned for: %(when)s. That date stays visible, with the reason.", when=event.when),
            button=_("Postpone the event"),
            done=_("Postponed. Everybody concerned is being told."),
            form=form,
            act=act,
            fact=service.postponing(event),
        ),
    )


@bp.route("/manage/events/<slug:event>/reschedule", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def reschedule(event: Event) -> ResponseReturnValue:
    """The new date of a postponed event, confirmed or given."""
    reconfirm_by = event.reconfirm_by and local_time(event.reconfirm_by, event.zone).date()
    data = date_data(event) | {"reconfirm_by": reconfirm_by}
    if event.precision is Precision.TO_BE_CONFIRMED:
        data["precision"] = Precision.TIME
    form = RescheduleForm(data=data)
    form.precision.choices = list(form.precision.choices)[:3]

    def act(f: RescheduleForm) -> object:
        chosen = None if f.reconfirm_by.data == reconfirm_by else f.reconfirm_by.data
        return service.reschedule(event, reconfirm_by=chosen, **f.when, by=current_principal())

    return ask(
        event,
        Question(
            title=_("New date for %(event)s", event=event.title),
            lede=_("It stands again from then on. Who accepted another date is asked again."),
            button=_("Confirm this date"),
            done=_("The new date stands."),
            form=form,
            act=act,
            fact=service.rescheduling(event),
        ),
    )
