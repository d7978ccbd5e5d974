"""Pages of accounts: signing in and out, one's own account, the administrator's list of accounts."""

from __future__ import annotations

from flask import Blueprint, Response

bp: Blueprint = Blueprint("accounts", __name__)

from engage.accounts.views import mine, signing_in, users  # noqa: E402, F401 -- they add their routes to bp
from engage.accounts.views.signing_in import note_use  # noqa: E402


@bp.after_app_request
def _note_use(response: Response) -> Response:
    note_use()
    return response
