"""A programme on a Monday morning, and its convenor signed in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.events import a_programme

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def programme(app, at):
    at(NOW)
    return a_programme()


@pytest.fixture
def convenor(client, sign_in, programme):
    a_user("cora@engage.example", name="Cora Convenor", roles={programme.id: Role.CONVENOR})
    return sign_in(client, "cora@engage.example")
