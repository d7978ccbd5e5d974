"""Fixtures for the staff pages of attendance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.core.access import Role
from engage.events.models import Event
from tests.factories.accounts import a_user


@pytest.fixture
def staff(
    app: Flask, client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> Callable[..., FlaskClient]:
    """`staff(event, Role.SECRETARY)`: a client signed in with that role in the event's programme."""

    def with_role(event: Event, role: Role = Role.SECRETARY) -> FlaskClient:
        email = f"{role.value}@engage.example"
        a_user(email, roles={event.programme_id: role})
        return sign_in(client, email)

    return with_role
