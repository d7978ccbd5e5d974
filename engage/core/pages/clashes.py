"""Who saves second sees both texts: the fields in which two readings of one form differ."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from engage.core.forms import EngageForm
from engage.core.text import _


def differences(saved: EngageForm, typed: EngageForm, *, without: Collection[str] = ()) -> list[dict[str, str]]:
    """For `components/clash.html`: label, theirs (`saved`, filled from what is stored now) and yours (`typed`)."""
    pairs = []
    for field in typed:
        if field.type in ("CSRFTokenField", "HiddenField") or field.name in without:
            continue
        theirs, yours = _said(saved[field.name]), _said(field)
        if theirs != yours:
            pairs.append({"label": str(field.label.text), "theirs": theirs or "–", "yours": yours or "–"})
    return pairs


def version_of(typed: str | None) -> int:
    """The version that a form was filled from; 0, which none has, where it is not a number."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _said(field: Any) -> str:
    """A field's answer as words."""
    data = field.data
    offer: Callable[[], Any] | None = getattr(field, "offered", None)
    if offer is not None:
        chosen = data if isinstance(data, list) else [data]
        return ", ".join(str(choice.label) for choice in offer() if choice.value in chosen)
    if isinstance(data, bool):
        return _("Yes") if data else _("No")
    return "" if data is None else str(data)
