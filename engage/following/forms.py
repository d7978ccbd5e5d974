"""The shape of following's input, and the words that people agree to."""

from __future__ import annotations

from collections.abc import Mapping

from engage.core.forms import EmailField, EngageForm, HiddenField
from engage.core.text import _l
from engage.following.models import CONSENT

WORDINGS: Mapping[str, object] = {
    "follow-1": _l(
        "We use this address only to tell you about news of the theme groups that you follow. "
        "You confirm it first, and each message has a link to stop."
    ),
}
"""Consent wording by version. Never change one that was shown: add another and point `models.CONSENT` at it."""
NOW_SHOWN = WORDINGS[CONSENT]


class FollowForm(EngageForm):
    """One address."""

    public = True
    address = EmailField(_l("Your e-mail address"), missing=_l("Enter your e-mail address"))


class ConfirmForm(EngageForm):
    """Which of the open questions were on the page, so that nothing unseen is agreed to."""

    public = True
    keys = HiddenField(max_length=2000)


class LeaveForm(EngageForm):
    """Nothing but a button."""

    public = True
