"""Lists from files, as the services take them in."""

from __future__ import annotations

from typing import Any

from engage.attendance import queries, service
from engage.attendance.forms.exports import EXPORTS, TARGETS
from engage.attendance.forms.reading import read_rows
from engage.attendance.models import Import, Makes
from engage.core.access import SYSTEM
from engage.core.columns import proposed, recognised, signature
from engage.core.db import db, saving
from engage.core.files import Sheet, read_text
from engage.core.text.instants import Order
from engage.events.models import Event
from tests.factories.attendance import again


def a_list(event: Event, *lines: str, makes: Makes = Makes.INVITEES, sheet: Sheet | None = None) -> Import:
    """A list, its columns taken for what their headings propose, every row judged."""
    sheet = sheet or read_text("\n".join(lines))
    columns = proposed(sheet.headings, TARGETS, recognised(sheet.headings, EXPORTS))
    said = read_rows(sheet.lines, columns=columns, order=Order.DAY, zone="Europe/London", with_cancelled=False)
    with saving():
        made = service.take_in(
            event, sheet=sheet, signature=signature(sheet.headings), makes=makes, filename="list.csv", by=SYSTEM
        )
    with saving():
        service.prepare_import(made, reading=service.Reading(columns=columns), said=said, by=SYSTEM)
    return again(made)


def prepared(event: Event, *lines: str, makes: Makes = Makes.INVITEES) -> Import:
    """The same of rows "name,address,state"."""
    return a_list(event, "Name,E-mail,State", *lines, makes=makes)


def started(import_: Import, **given: Any) -> Import:
    """Made: few rows at once, many when the worker runs."""
    with saving():
        service.start_import(import_, by=SYSTEM, **given)
    return again(import_)


def undone(import_: Import) -> Import:
    """Taken back."""
    with saving():
        service.undo_import(import_, by=SYSTEM)
    return again(import_)


def fates(import_: Import) -> list[tuple[int, str, str]]:
    """Number, fate and why of each row."""
    db.session.rollback()
    return [(row.number, row.fate.value if row.fate else "", row.why) for row in queries.rows_of(import_)]
