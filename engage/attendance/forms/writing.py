"""Shape of a letter to many, and the words for the groups that it may go to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engage.attendance.queries import BOOKED, INVITED, POOL
from engage.core.forms import ChoicesField, EngageForm, HiddenField, TextArea, TextField
from engage.core.text import _, _l

KEY = re.compile(r"[A-Za-z0-9_-]{22}")
GROUP_WORDS = {
    "silent": _l("Invited, no answer yet"),
    "declined": _l("Declined"),
    "confirmed": _l("With a place"),
    "reconfirm": _l("Still to reconfirm"),
    "waitlisted": _l("On the waiting list"),
    "offered": _l("With a place on offer"),
    "requested": _l("Asked for a place, not decided"),
    "attended": _l("Came"),
    "no_show": _l("Did not come"),
}
ORDER = [*INVITED, *BOOKED]


def group_words(group: str, kinds: Mapping[str, str]) -> str:
    """A group as people say it; a pool by the name of its ticket kind."""
    if group.startswith(POOL):
        pool = group.removeprefix(POOL)
        return _("Ticket: %(kind)s", kind=kinds.get(pool, pool))
    return str(GROUP_WORDS[group])


def group_place(group: str) -> tuple[int, str]:
    """Where a group stands among the others: states first, then pools by name."""
    return (ORDER.index(group), "") if group in ORDER else (len(ORDER), group)


class WriteForm(EngageForm):
    groups = ChoicesField(
        _l("To"),
        missing=_l("Choose at least one group: no group means nobody"),
        hint=_l("Whoever is in several groups gets one letter"),
    )
    subject = TextField(_l("Subject"), max_length=200, missing=_l("Enter a subject"))
    body = TextArea(_l("Letter"), max_length=20_000, rows=12, markdown=True, missing=_l("Write the letter"))
    once = HiddenField(max_length=22)
    seen = HiddenField(max_length=32)

    def validate(self, extra_validators: Any = None) -> bool:
        """The key that makes it once is the page's own."""
        super().validate(extra_validators)
        if not KEY.fullmatch(self.once.data or ""):
            self.form_errors = [_("Load the page again: something that it was sent with is missing")]
        return not self.has_errors
