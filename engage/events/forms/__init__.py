"""The shape of what staff type about events."""

from __future__ import annotations

from engage.events.forms.acts import (
    CancelForm,
    FilterForm,
    OpenForm,
    PlainForm,
    PostponeForm,
    ReasonForm,
    RescheduleForm,
)
from engage.events.forms.agenda import AgendaItemForm, EditAgendaItemForm
from engage.events.forms.dates import DateForm
from engage.events.forms.details import CopyForm, CreateForm, DefaultsForm, EditForm, SeriesForm
from engage.events.forms.sessions import EditSessionForm, Named, NameForm, SessionForm

__all__ = [
    "AgendaItemForm",
    "CancelForm",
    "CopyForm",
    "CreateForm",
    "DateForm",
    "DefaultsForm",
    "EditAgendaItemForm",
    "EditForm",
    "EditSessionForm",
    "FilterForm",
    "NameForm",
    "Named",
    "OpenForm",
    "PlainForm",
    "PostponeForm",
    "ReasonForm",
    "RescheduleForm",
    "SeriesForm",
    "SessionForm",
]
