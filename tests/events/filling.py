"""Filling in forms as a browser does: what the page holds, with what is typed over it."""

from __future__ import annotations

import re
from datetime import datetime

from engage.events import queries
from tests.reader import parsed


def fields(response) -> dict[str, list[str]]:
    """What a browser would send back of the page's longest form, unchanged."""
    tree, _wrong = parsed(response.get_data(as_text=True))
    form = max(tree.iter("form"), key=lambda one: len(list(one.iter())))
    sent: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if not name:
            continue
        if element.tag == "input" and element.get("type") in ("radio", "checkbox"):
            if element.get("checked") is None:
                continue
            sent.setdefault(name, []).append(element.get("value"))
        elif element.tag == "input":
            sent.setdefault(name, []).append(element.get("value") or "")
        elif element.tag == "textarea":
            sent.setdefault(name, []).append((element.text or "").removeprefix("\n"))
        elif element.tag == "select":
            chosen = [o.get("value") for o in element.iter("option") if o.get("selected") is not None]
            sent.setdefault(name, []).extend(chosen or [next(element.iter("option")).get("value")])
    return sent


def send(client, url, **changes):
    """Open a page, fill in what is given, send its form."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    data = fields(page) | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
    return client.post(url, data=data)


def wall(name: str, when: datetime) -> dict[str, str]:
    return {
        f"{name}-day": str(when.day),
        f"{name}-month": str(when.month),
        f"{name}-year": str(when.year),
        f"{name}-time": f"{when:%H:%M}",
    }


def token(client, url) -> dict[str, str]:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).get_data(as_text=True))
    assert found
    return {"csrf_token": found[1]}


def titles(event) -> list[str]:
    """What stands on the event's agenda, in order."""
    return [item.title for item in queries.agenda_of(event.id)]
