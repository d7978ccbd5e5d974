"""Copying is declared: every column of what is copied stands in one of two lists, so that a new one is decided on."""

from __future__ import annotations

import pytest

from engage.events.service import COPIED, NOT_COPIED


@pytest.mark.parametrize("model", list(COPIED), ids=lambda model: model.__name__)
def test_every_column_is_copied_or_declared_not_to_be(model) -> None:
    columns = {column.key for column in model.__mapper__.column_attrs}
    copied, left = set(COPIED[model]), NOT_COPIED[model]
    assert copied.isdisjoint(left)
    assert copied | left == columns
