"""The administrator's first page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts import queries as accounts
from engage.core.access import requires
from engage.core.outbox import MailState
from engage.core.text import _, ngettext
from engage.operations import policy, queries
from engage.operations.queries import Part, Standing
from engage.operations.views import bp
from engage.programmes import queries as programmes


@bp.get("/admin")
@requires(policy.may_operate)
def overview() -> ResponseReturnValue:
    """What needs an administrator, and the figures."""
    standing = queries.standing()
    return render_template(
        "operations/overview.html",
        todo=[*_broken(queries.ready()), *_failed(standing), *_without_convenor()],
        waiting=standing.messages[MailState.QUEUED],
        failed=standing.messages[MailState.FAILED],
        jobs_failed=standing.jobs_failed,
        accounts=accounts.count(),
    )


def _broken(parts: Sequence[Part]) -> Iterator[dict[str, object]]:
    for part in parts:
        if not part.ok:
            yield {
                "href": url_for(".health"),
                "text": _("See what is wrong with: %(part)s", part=part.label),
                "note": part.said,
                "due": _("now"),
                "tone": "bad",
            }


def _failed(standing: Standing) -> Iterator[dict[str, object]]:
    failed = standing.messages[MailState.FAILED]
    if failed:
        yield {
            "href": url_for(".messages", state=MailState.FAILED.value),
            "text": ngettext("Look at %(num)d message that failed", "Look at %(num)d messages that failed", failed),
            "due": _("failed"),
            "tone": "bad",
        }
    jobs = standing.jobs_failed
    if jobs:
        yield {
            "href": url_for(".health"),
            "text": ngettext(
                "Look at %(num)d job that failed", "Look at %(num)d jobs that failed", standing.jobs_failed
            ),
            "due": _("failed"),
            "tone": "bad",
        }


def _without_convenor() -> Iterator[dict[str, object]]:
    for programme in programmes.without_convenor():
        yield {
            "href": f"/manage/programmes/{programme.slug}/roles",
            "text": _("Give %(programme)s a convenor", programme=programme.name),
            "note": _("Nobody with an open account runs it."),
        }
