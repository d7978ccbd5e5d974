"""A list from a file: taken in, its columns taken for what they seem, and left to be looked at."""

from __future__ import annotations

from engage.attendance import service as attendance
from engage.attendance.forms.exports import EXPORTS, TARGETS
from engage.attendance.forms.reading import read_rows
from engage.attendance.models import Makes
from engage.core import columns, files
from engage.core.access import Role
from engage.core.text.instants import Order
from engage.demo.loader.stage import Stage
from engage.demo.paper import Listed
from engage.demo.story import Event, Programme


def take_in(stage: Stage, programme: Programme, told: Event, listed: Listed) -> None:
    """As the pages do it: the same reading, the same verbs."""
    event, by = stage.events[told.slug], stage.holder(programme.slug, Role.SECRETARY)
    sheet = files.read_text(listed.rows)
    chosen = columns.proposed(sheet.headings, TARGETS, columns.recognised(sheet.headings, EXPORTS))
    said = read_rows(sheet.lines, columns=chosen, order=Order.DAY, zone=programme.zone, with_cancelled=False)
    import_ = attendance.take_in(
        event,
        sheet=sheet,
        signature=columns.signature(sheet.headings),
        makes=Makes.INVITEES,
        filename=listed.file,
        by=by,
    )
    attendance.prepare_import(import_, reading=attendance.Reading(columns=chosen), said=said, by=by)
