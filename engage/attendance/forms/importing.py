"""Shape of an import's pages: a file or a pasted list, what each column holds, and when it is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engage.attendance.forms.exports import TARGETS
from engage.attendance.models import Fate, ImportState, Makes
from engage.core.files.tables import MAX_BYTES
from engage.core.forms import ChoiceField, EngageForm, FileField, TextArea, TextField, TickField
from engage.core.text import _, _l
from engage.core.text.instants import Order

PASTED = 400_000
REASON = 600
STATE_WORDS: Mapping[ImportState, object] = {
    ImportState.UPLOADED: _l("Columns to be said"),
    ImportState.PREVIEWED: _l("To be looked at"),
    ImportState.RUNNING: _l("Running"),
    ImportState.STOPPED: _l("Stopped"),
    ImportState.FAILED: _l("Came to a halt"),
    ImportState.DONE: _l("Done"),
    ImportState.UNDOING: _l("Being undone"),
    ImportState.UNDONE: _l("Undone"),
    ImportState.DISCARDED: _l("Thrown away"),
}
STATE_TONES: Mapping[ImportState, str] = {
    ImportState.UPLOADED: "wait",
    ImportState.PREVIEWED: "wait",
    ImportState.RUNNING: "go",
    ImportState.STOPPED: "warn",
    ImportState.FAILED: "bad",
    ImportState.DONE: "kept",
    ImportState.UNDOING: "go",
}
FATE_WORDS: Mapping[tuple[Fate, bool], object] = {
    (Fate.ADDED, False): _l("Will be added"),
    (Fate.ADDED, True): _l("Added"),
    (Fate.WAITS, False): _l("Will wait: beyond capacity"),
    (Fate.WAITS, True): _l("On the waiting list"),
    (Fate.INVITED, False): _l("Invited already"),
    (Fate.REGISTERED, False): _l("Registered already"),
    (Fate.SAME, False): _l("Stands further up"),
    (Fate.BAD, False): _l("Cannot be used"),
    (Fate.LEFT_OUT, False): _l("Left out"),
    (Fate.TAKEN_BACK, True): _l("Taken back"),
    (Fate.KEPT, True): _l("Kept"),
}
FATE_TONES: Mapping[Fate, str] = {
    Fate.ADDED: "go",
    Fate.WAITS: "wait",
    Fate.SAME: "rest",
    Fate.BAD: "bad",
    Fate.LEFT_OUT: "rest",
    Fate.KEPT: "warn",
}


def fate_words(fate: Fate, *, settled: bool) -> str:
    """What became, or will become, of a row."""
    return str(FATE_WORDS.get((fate, settled)) or FATE_WORDS[fate, not settled])


class UploadForm(EngageForm):
    makes = ChoiceField(
        _l("What the people on the list become"),
        coerce=Makes,
        missing=_l("Say what the people on the list become"),
        choices=[
            (Makes.INVITEES, _l("Invitees"), _l("Draft invitations. Nothing is sent until you send them")),
            (
                Makes.REGISTRANTS,
                _l("Registrants"),
                _l("A place each while there is room; the others wait. They have answered already, somewhere else"),
            ),
        ],
    )
    file = FileField(
        _l("File"),
        extensions=(".csv", ".xlsx", ".txt", ".tsv"),
        lenient=True,
        max_bytes=MAX_BYTES,
        optional=True,
        hint=_l(
            "CSV or Excel (.xlsx), at most 10 MB and 20,000 rows: an export of Indico, pretix, pretalx or Eventbrite, "
            "or a list of your own"
        ),
    )
    people = TextArea(
        _l("Or paste a list"),
        max_length=PASTED,
        rows=5,
        optional=True,
        hint=_l("One a line, or as a mail program copies them: Ann Lee <ann@example.org>; rows of a spreadsheet too"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A file or a list, and not both."""
        good = bool(super().validate(extra_validators))
        if good and bool(self.file.data) == bool(self.people.data):
            both = _("Choose a file, or paste a list: not both")
            self.file.errors = [both if self.people.data else _("Choose a file, or paste a list")]
            return False
        return good


class StartForm(EngageForm):
    override_reason = TextField(
        _l("Why nobody needs to wait, although every seat is taken"),
        max_length=REASON,
        optional=True,
        hint=_l("Leave it empty and they wait in the order of the file. A reason is kept in the event’s history"),
    )


class _ColumnsForm(EngageForm):
    date_order = ChoiceField(
        _l("Which number comes first in dates such as 03/04/2026?"),
        coerce=Order,
        optional=True,
        choices=[(Order.DAY, _l("The day: 3 April")), (Order.MONTH, _l("The month: March 4"))],
    )
    with_cancelled = TickField(_l("Take those too whom the file calls cancelled, refunded or declined"), optional=True)


def columns_form(headings: Sequence[str], **given: Any) -> Any:
    """A form with a choice for each column of a file, named `column_0`, `column_1` …, filled with `given`."""
    choices = [(target.key, target.label) for target in TARGETS]
    fields = {
        f"column_{number}": ChoiceField(
            _l("What “%(heading)s” holds", heading=heading), select=True, optional=True, choices=choices
        )
        for number, heading in enumerate(headings)
    }
    return type("ColumnsForm", (_ColumnsForm,), fields)(**given)


def chosen_columns(form: Any, many: int) -> list[str]:
    """The key of a target for each column, "" for none; says at the form what cannot be."""
    columns = [form[f"column_{number}"].data or "" for number in range(many)]
    seen: dict[str, int] = {}
    for number, key in enumerate(columns):
        single = any(target.key == key and target.single for target in TARGETS)
        if single and key in seen:
            form[f"column_{number}"].errors = [_("Another column holds this already")]
        seen[key] = number
    if "email" not in seen:
        form.form_errors = [_("Say which column holds the e-mail addresses")]
    return columns
