"""What is typed of ticket kinds and of an event's limits, and where somebody chooses a kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engage.attendance.forms import NAME, REASON
from engage.attendance.models import OPEN_TO_WORDS, OpenTo
from engage.attendance.queries import Pool, Seats
from engage.core.forms import Choice, ChoiceField, EngageForm, HiddenField, NumberField, TextField
from engage.core.text import _, _l, ngettext

MOST_PLACES = 100_000


class _Overriding(EngageForm):
    override_reason = TextField(
        _l("Why fewer seats are left than are taken"),
        max_length=REASON,
        optional=True,
        hint=_l("Only where that is so. It is kept in the event’s history"),
    )


class KindForm(_Overriding):
    version = HiddenField(max_length=10)
    name = TextField(
        _l("Name"), max_length=80, missing=_l("Enter the name of the kind"), hint=_l("Such as “Standard”, “Press”")
    )
    open_to = ChoiceField(
        _l("Who may have one"),
        coerce=OpenTo,
        choices=[Choice(value, words) for value, words in OPEN_TO_WORDS.items()],
        missing=_l("Select who may have one"),
    )
    capacity = NumberField(
        _l("Places of this kind"),
        min=0,
        max=MOST_PLACES,
        optional=True,
        hint=_l("Leave empty where only the places of the event count"),
    )
    reserved = NumberField(_l("Of these set aside"), min=0, max=MOST_PLACES, optional=True)
    reserved_note = TextField(_l("For whom they are set aside"), max_length=NAME, optional=True)


class LimitsForm(_Overriding):
    """How many seats an event has, and how many go to one organisation."""

    version = HiddenField(max_length=10)
    capacity = NumberField(_l("Places"), min=0, max=MOST_PLACES, optional=True, hint=_l("Leave empty for no limit"))
    reserved = NumberField(
        _l("Places set aside"),
        min=0,
        max=MOST_PLACES,
        optional=True,
        hint=_l("For late guests of any kind: nobody else gets these"),
    )
    per_organisation = NumberField(
        _l("Places for one organisation at the most"),
        min=1,
        max=MOST_PLACES,
        optional=True,
        hint=_l("Leave empty for no limit. Whoever comes after waits, and is told why"),
    )


def offer_kinds(form: Any, seats: Seats, pools: Iterable[Pool], *, hints: bool = False) -> None:
    """Let the form ask which of these kinds; it asks nothing where there is no choice. `hints`: how many are left."""
    choices = [Choice(pool.pool, pool.name, left_words(seats, pool) if hints else "") for pool in pools]
    if len(choices) > 1:
        form.pool.choices = choices
    else:
        del form.pool


def left_words(seats: Seats, pool: Pool) -> str:
    """How many seats of a kind are left, in words."""
    left = seats.left(pool)
    if pool.waiting or left == 0:
        said = ngettext("Waiting list: %(num)d person waits", "Waiting list: %(num)d people wait", pool.waiting)
        return said if pool.waiting else _("Waiting list: every place is taken")
    if left is None:
        return _("There is room for everybody")
    return ngettext("%(num)d place left", "%(num)d places left", left)
