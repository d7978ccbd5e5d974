"""Writing to many people of an event: chosen groups, the letter as they will read it, a test to oneself, then send."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from engage.accounts import queries as accounts
from engage.attendance import policy, queries, service
from engage.attendance.forms.writing import WriteForm, group_place, group_words
from engage.attendance.queries import Addressee
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core.access import current_principal, requires
from engage.core.db import new_key, saving
from engage.core.errors import RuleBroken
from engage.core.facts import Effect
from engage.core.forms import Choice
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.models import Event


@bp.route("/manage/events/<slug:event>/write", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def write(event: Event) -> ResponseReturnValue:
    """No group chosen means nobody. What is sent is what was looked at: a letter that was changed is shown again."""
    form = WriteForm(data={"once": new_key()})
    found, kinds = queries.groups(event.id), queries.names_of_kinds(event.id)
    form.groups.choices = [
        Choice(group, group_words(group, kinds), ngettext("%(num)d person", "%(num)d people", len(found[group])))
        for group in sorted(found, key=group_place)
    ]
    if not form.validate_on_submit():
        return _page(event, form), 422 if form.has_errors else 200
    to = queries.addressees(found, form.groups.data)
    act, mark = request.form.get("act", ""), _mark(form)
    if act == "test":
        _send_test(event, form)
    elif act == "send" and form.seen.data == mark:
        try:
            return _send(event, form)
        except RuleBroken as no:
            form.attach(no)
            return _page(event, form), 422
    elif act == "send":
        flash(_("You changed the letter. This is how it reads now: look at it once more, then send it."), "note")
    form.seen.data = mark
    return _page(event, form, to), 200


def _mark(form: WriteForm) -> str:
    """Stands for the letter and its groups as they were looked at."""
    looked_at = repr((form.subject.data, form.body.data, form.groups.data))
    return hashlib.sha256(looked_at.encode("utf-8", "replace")).hexdigest()[:32]


def _send(event: Event, form: WriteForm) -> ResponseReturnValue:
    with saving():
        circular = service.write(
            event,
            subject=form.subject.data,
            body=form.body.data,
            groups=form.groups.data,
            once=form.once.data,
            by=current_principal(),
        )
        many = len(circular.people)
    said = ngettext("The letter is on its way to %(num)d person.", "The letter is on its way to %(num)d people.", many)
    flash(said, "done")
    return redirect(f"{base(event)}/write", 303)


def _send_test(event: Event, form: WriteForm) -> None:
    user = accounts.user_by_id(current_principal().user_id)
    if user is None:
        return
    with saving():
        service.write_test(event, subject=form.subject.data, body=form.body.data, to=user.email, name=user.name)
        address = user.email
    flash(_("A test is on its way to you, at %(address)s.", address=address), "done")


def _page(event: Event, form: WriteForm, to: Sequence[Addressee] = ()) -> str:
    what = ngettext("person gets this letter", "people get this letter, one each", len(to))
    return staff_page(
        "write",
        event,
        form=form,
        to=to,
        effects=[Effect(len(to), what)],
        subject=form.subject.data,
        body=form.body.data,
        circulars=queries.circulars(event.id),
    )
