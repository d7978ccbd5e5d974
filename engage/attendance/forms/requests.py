"""What is typed where requests for a place are decided."""

from __future__ import annotations

from enum import StrEnum

from engage.attendance.forms import REASON
from engage.core.forms import ChoiceField, EngageForm, HiddenField, TextArea
from engage.core.text import _, _l


class Decision(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class DecideForm(EngageForm):
    decision = ChoiceField(
        _l("What is decided"),
        coerce=Decision,
        choices=[
            (Decision.APPROVE, _l("Approve"), _l("A place for those who fit; the rest wait in the order of asking")),
            (Decision.REFUSE, _l("Decline"), _l("Each of them reads the reason")),
        ],
        missing=_l("Select what is decided"),
    )
    kept = ChoiceField(
        _l("A reason given before"),
        select=True,
        optional=True,
        hint=_l("Where they are declined; or write another one"),
    )
    reason = TextArea(_l("Reason"), max_length=REASON, rows=3, optional=True)
    sure = HiddenField(max_length=3)

    @property
    def reason_given(self) -> str:
        """The one written now, else the one chosen."""
        return self.reason.data or self.kept.data or ""

    def complete(self, anybody: bool) -> bool:
        """Whether somebody was ticked, and a reason given where one is needed; says what is missing."""
        if not anybody:
            self.form_errors = [_("Choose at least one person")]
        if self.decision.data is Decision.REFUSE and not self.reason_given:
            self.reason.errors = [*self.reason.errors, _("Say why: the person reads it.")]
        return not self.has_errors
