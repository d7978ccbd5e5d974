"""A clock, and clients of those who work with papers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.core.access import Role
from tests.factories.accounts import a_user

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Send = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def staff(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Callable[..., FlaskClient]:
    """`staff(thing, role)`: a client of somebody with this role in its programme."""

    def signed_in(thing: Any, role: Role = Role.CONVENOR) -> FlaskClient:
        email = f"{role.value}.{thing.programme_id}@engage.example"
        a_user(email, name="Sam Staff", roles={thing.programme_id: role})
        return sign_in(app.test_client(), email)

    return signed_in


@pytest.fixture
def send() -> Send:
    """`send(client, address, **fields)`: as the form there would; `file`: (content, name)."""

    def sent(
        client: FlaskClient, address: str, *, file: tuple[bytes, str] | None = None, **fields: Any
    ) -> TestResponse:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
        assert token, f"no form at {address}"
        data = {"csrf_token": token[1], **fields}
        if file is not None:
            data["file"] = (io.BytesIO(file[0]), file[1])
        return client.post(address, data=data, content_type="multipart/form-data")

    return sent
