"""Copying is declared: every column of what is copied stands in one of two lists, so that a new one is decided on."""

from __future__ import annotations

from typing import Any

import pytest

from engage.attendance.service import asking
from engage.events.service import COPIED, NOT_COPIED

DECLARED: dict[type[Any], Any] = {**COPIED, **asking.COPIED}
LEFT: dict[type[Any], frozenset[str]] = {**NOT_COPIED, **asking.NOT_COPIED}


@pytest.mark.parametrize("model", list(DECLARED), ids=lambda model: model.__name__)
def test_every_column_is_copied_or_declared_not_to_be(model: type[Any]) -> None:
    columns = {column.key for column in model.__mapper__.column_attrs}
    copied, left = set(DECLARED[model]), LEFT[model]
    assert copied.isdisjoint(left)
    assert copied | left == columns
