"""What operations puts into slots."""

from __future__ import annotations

from collections.abc import Iterator

from engage.core.access import Principal
from engage.core.outbox import MailState
from engage.core.slots import DeskItem
from engage.core.text import _, ngettext
from engage.operations import queries


def desk_items(principal: Principal) -> Iterator[DeskItem]:
    """For an administrator: mail and work that were given up."""
    if not principal.is_admin:
        return
    standing = queries.standing()
    failed = standing.messages[MailState.FAILED]
    if failed:
        yield DeskItem(
            group=_("The site"),
            text=ngettext("Look at %(num)d message that failed", "Look at %(num)d messages that failed", failed),
            url="/admin/messages?state=failed",
            urgent=True,
        )
    if standing.jobs_failed:
        yield DeskItem(
            group=_("The site"),
            text=ngettext("Look at %(num)d job that failed", "Look at %(num)d jobs that failed", standing.jobs_failed),
            url="/admin/health",
            urgent=True,
        )
