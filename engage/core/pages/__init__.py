"""What many pages need: paging, asking first, two texts side by side, safe redirects, CSV out."""

from __future__ import annotations

from engage.core.pages.asking import Place, Question, ask
from engage.core.pages.clashes import differences, version_of
from engage.core.pages.csv_out import csv_bytes, csv_response
from engage.core.pages.history import history_rows
from engage.core.pages.paging import Page, page_number
from engage.core.pages.publishing import Verbs, publishing
from engage.core.pages.redirects import safe_next
from engage.core.pages.tabs import event_tabs

__all__ = [
    "Page",
    "Place",
    "Question",
    "Verbs",
    "ask",
    "csv_bytes",
    "csv_response",
    "differences",
    "event_tabs",
    "history_rows",
    "page_number",
    "publishing",
    "safe_next",
    "version_of",
]
