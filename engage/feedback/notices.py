"""The mails that feedback sends."""

from __future__ import annotations

from engage.core import links
from engage.core.db import db
from engage.core.outbox import Letter, notice
from engage.core.text import _l
from engage.feedback import queries
from engage.feedback.models import FeedbackForm, FormState


@notice("feedback/ask", why=_l("You get this because you attended the event. It is sent once."))
def ask(form: int, registration: int) -> Letter | None:
    """Somebody's link to the form; nothing once it has closed."""
    asked = db.session.get(FeedbackForm, form)
    who = queries.registration_asked(registration)
    if asked is None or who is None or asked.state is not FormState.OPEN:
        return None
    return Letter(
        context={
            "event": asked.event,
            "introduction": asked.introduction,
            "person": who.name,
            "url": links.url("feedback", registration),
        }
    )
