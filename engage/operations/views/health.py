"""Health, for machines in plain JSON and for the administrator in words."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core import jobs
from engage.core.access import current_principal, public, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.jobs import Job
from engage.core.text import _
from engage.operations import policy, queries, service
from engage.operations.forms import PressForm
from engage.operations.views import bp


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """The process answers: asks nothing else."""
    return jsonify(status="live")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """200 where every part answers, else 503 and which does not; never why, which the administrator's page says."""
    parts = queries.ready()
    all_well = all(part.ok for part in parts)
    told = {part.name: "ok" if part.ok else "unavailable" for part in parts}
    answer = jsonify(status="ready" if all_well else "not ready", **told)
    if all_well:
        return answer
    answer.headers["Retry-After"] = "10"
    return answer, 503


@bp.get("/admin/health")
@requires(policy.may_operate)
def health() -> ResponseReturnValue:
    """Each part in words, the minute clock, and the work that was given up."""
    return render_template(
        "operations/health.html",
        parts=queries.ready(),
        standing=queries.standing(),
        beats=queries.beats(),
        failed=jobs.failed(),
        form=PressForm(),
    )


def _job(job: str) -> Job | None:
    return jobs.by_key(job)


@bp.post("/admin/jobs/<key:job>/retry")
@requires(policy.may_operate, on=_job)
def retry_job(job: Job) -> ResponseReturnValue:
    """Try one job again."""
    if PressForm().validate_on_submit():
        try:
            with saving():
                service.retry_job(job, by=current_principal())
        except RuleBroken as refusal:
            flash(refusal.message, "warn")
        else:
            flash(_("It is tried again now."), "done")
    return redirect(url_for(".health"))
