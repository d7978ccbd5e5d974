"""What the tests of staff pages do again and again."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.events.models import Event


def url(event: Event, page: str) -> str:
    """The address of a staff page of the event."""
    return f"/manage/events/{event.slug}/{page}"


def send(client: FlaskClient, address: str, page: str = "", **data: Any) -> TestResponse:
    """Post as the form on that page would: with its CSRF token."""
    shown = client.get(page or address).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token, "no form on the page"
    return client.post(address, data={"csrf_token": token[1], **data}, content_type="multipart/form-data")
