"""The question of publication: now, at an instant to come, or no longer at the one that was set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from engage.core.facts import Fact
from engage.core.forms.revealing import PublishForm
from engage.core.pages.asking import Question
from engage.core.publication import Announced
from engage.core.text import _, local_time, moment


class Verbs(NamedTuple):
    """What publishes the thing now, sets an instant for it, and calls that off."""

    now: Callable[[], object]
    at: Callable[[datetime], object]
    never: Callable[[], object]


def publishing(
    thing: Announced,
    *,
    title: str,
    lede: str,
    done: str,
    zone: str,
    fact: Fact,
    verbs: Verbs,
    notes: tuple[str, ...] = (),
) -> Question:
    """The question for something that is not public yet; it shows what is set. `zone`: of the wall times."""
    planned = thing.announce_at
    form = PublishForm(
        zone=zone,
        planned=planned is not None,
        data={"when": "at", "at": local_time(planned, zone)} if planned else None,
    )
    if planned is not None:
        notes = (_("It is set to be published: %(when)s.", when=moment(planned, zone)), *notes)

    def act(_form: object) -> None:
        if form.when.data == "at":
            verbs.at(form.at.data)
        elif form.when.data == "never":
            verbs.never()
        else:
            verbs.now()

    def said(_form: object) -> str:
        if form.when.data == "at":
            return _("Set to be published: %(when)s.", when=moment(form.at.data, zone))
        return _("Called off. It stays private until you publish it.") if form.when.data == "never" else done

    return Question(
        title=title,
        lede=lede,
        button=_("Save") if planned else _("Publish"),
        done=said,
        form=form,
        act=act,
        fact=fact,
        notes=notes,
    )
