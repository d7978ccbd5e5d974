"""What belongs together across floors, on one screen: who asks, parts that fill slots, facts and what follows."""

from __future__ import annotations

from flask import Blueprint

import engage.accounts.jobs
import engage.accounts.notices
import engage.attendance.jobs
import engage.attendance.notices
import engage.events.jobs
import engage.events.notices
import engage.feedback.notices
import engage.following.jobs
import engage.following.notices
import engage.outcomes.notices  # noqa: F401 -- importing registers mails and jobs
from engage.core import access


def blueprints() -> list[Blueprint]:
    """Every domain's pages."""
    from engage.accounts.views import bp as accounts  # noqa: PLC0415 -- views pull in forms and templates
    from engage.attendance.views import bp as attendance  # noqa: PLC0415
    from engage.events.views import bp as events  # noqa: PLC0415
    from engage.feedback.views import bp as feedback  # noqa: PLC0415
    from engage.following.views import bp as following  # noqa: PLC0415
    from engage.insight.views import bp as insight  # noqa: PLC0415
    from engage.operations.views import bp as operations  # noqa: PLC0415
    from engage.outcomes.views import bp as outcomes  # noqa: PLC0415
    from engage.people.views import bp as people  # noqa: PLC0415
    from engage.programmes.views import bp as programmes  # noqa: PLC0415
    from engage.site.views import bp as site  # noqa: PLC0415
    from engage.themes.views import bp as themes  # noqa: PLC0415

    return [
        accounts, attendance, events, feedback, following, insight, operations, outcomes, people, programmes, site, themes,
    ]  # fmt: skip


def wire() -> None:
    """Idempotent: create_app calls it for every application."""
    access.load_principals_with(_principal)


def _principal() -> access.Principal:
    return access.ANONYMOUS
