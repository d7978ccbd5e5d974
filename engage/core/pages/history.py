"""The history of one thing, ready for its page (components/history.html)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engage.core import slots
from engage.core.facts import History, history_of
from engage.core.text import _, day, moment, time_of_day

ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[+-]\d{2}:\d{2})?\Z")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST = 600
Details = Callable[[Sequence[History]], Mapping[int, str]]


def history_rows(
    subject: str,
    subject_id: int,
    *,
    zone: str,
    labels: Mapping[str, object],
    details: Details | None = None,
    values: Mapping[str, Mapping[Any, object]] | None = None,
) -> list[dict[str, Any]]:
    """All that happened to one thing, newest first: when, who, what, why, and what changed.

    `labels`: the words for each field whose changes are shown; a change of any other field is left out. Long values
    are cut: the whole stands in the store. `details`: from the rows to what to say after the fact, by row id
    ("Term begun: Ann Lee"). `values`: by field, the words for what is stored as a code ("by_invitation"). Instants are
    said in `zone`. A fixed number of statements, however long the history is.
    """
    rows = history_of(subject, subject_id)
    names = slots.names_of({row.actor for row in rows})
    more = details(rows) if details else {}
    return [
        {
            "when": moment(row.at, zone),
            "who": names.get(row.actor) or _unnamed(row.actor),
            "what": _("%(what)s: %(detail)s", what=row.says, detail=more[row.id]) if row.id in more else row.says,
            "why": row.reason,
            "changes": [one for change in row.changes for one in _changed(change, labels, values or {}, zone)],
        }
        for row in rows
    ]


def _changed(
    change: Mapping[str, Any], labels: Mapping[str, object], values: Mapping[str, Mapping[Any, object]], zone: str
) -> Iterator[tuple[str, str, str]]:
    """The field, what stood there and what stands there now, in words; nothing for a field that is not shown."""
    field = change["field"]
    if field in labels:
        words = values.get(field, {})
        yield str(labels[field]), _shown(change["old"], zone, words), _shown(change["new"], zone, words)


def _unnamed(actor: str) -> str:
    if actor == "system":
        return _("by itself, when it fell due")
    if actor in ("link", "anonymous"):
        return _("by link")
    return _("somebody whose name is no longer kept")


def _shown(value: Any, zone: str, values: Mapping[Any, object]) -> str:
    if value is None or value == "":
        return "–"
    words = str(value)
    if words in values:
        return str(values[words])
    if ISO_TIME.match(words):
        when = datetime.fromisoformat(words)
        return moment(when, zone) if when.tzinfo else f"{day(when)}, {time_of_day(when)}"
    if ISO_DATE.fullmatch(words):
        return day(date.fromisoformat(words))
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
