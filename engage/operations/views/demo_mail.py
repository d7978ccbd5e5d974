"""The demonstration's mail: files that somebody who got them would read. Under `engage demo` only; else 404."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import public
from engage.core.errors import NotFound
from engage.core.pages import Page, page_number
from engage.operations import queries
from engage.operations.views import bp


@bp.get("/demo/mail")
@public
def demo_mail() -> ResponseReturnValue:
    """Every message that the demonstration would have sent, newest first."""
    _only_in_the_demonstration()
    number = page_number(request.args.get("page"))
    lines, total = queries.mail_files(limit=Page.size, offset=Page.offset(number))
    return render_template(
        "operations/demo_mail.html",
        page=Page(items=lines, number=number, total=total),
        href=lambda n: url_for(".demo_mail", page=n),
    )


@bp.get("/demo/mail/<name>")
@public
def demo_message(name: str) -> ResponseReturnValue:
    """One message, its links to be followed."""
    _only_in_the_demonstration()
    found = queries.mail_file(name)
    if found is None:
        raise NotFound
    return render_template("operations/demo_message.html", mail=found)


def _only_in_the_demonstration() -> None:
    if not current_app.config["DEMO"]:
        raise NotFound
