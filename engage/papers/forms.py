"""The shape of what is typed about papers, and of the file that comes with it."""

from __future__ import annotations

from collections.abc import Iterable

from engage.core.files import ENDINGS, MOST
from engage.core.forms import ChoiceField, ChoicesField, EngageForm, FileField, HiddenField, TextArea, TextField
from engage.core.text import _l
from engage.events.models import AgendaItem
from engage.papers.models import KIND_WORDS, PaperKind
from engage.themes.models import ThemeGroup

REASON, DESCRIPTION = 600, 4_000
TAKEN = _l(
    "PDF, Word, Excel, PowerPoint, OpenDocument, CSV, plain text, Markdown, PNG or JPEG; at most 25 MB, without macros"
)


class PaperForm(EngageForm):
    """What a paper is called, and what it is for."""

    title = TextField(_l("Title"), max_length=200, missing=_l("Enter the title of the paper"))
    kind = ChoiceField(
        _l("Kind"),
        select=True,
        coerce=PaperKind,
        choices=list(KIND_WORDS.items()),
        missing=_l("Choose what kind of paper it is"),
    )
    description = TextArea(
        _l("What it is about"),
        max_length=DESCRIPTION,
        rows=4,
        optional=True,
        markdown=True,
        hint=_l("A few sentences, for those who may read the paper."),
    )
    item = ChoiceField(_l("Agenda item"), select=True, optional=True, hint=_l("None: it is for the whole event"))
    themes = ChoicesField(_l("Theme groups"), optional=True, coerce=int, small=True)

    def offer(self, items: Iterable[AgendaItem], groups: Iterable[ThemeGroup]) -> None:
        """The agenda items and theme groups to choose from."""
        self.item.choices = [(item.key, item.title) for item in items]
        self.themes.choices = [(group.id, group.title) for group in groups]


class EditForm(PaperForm):
    """The same; `version` tells whether somebody else saved meanwhile."""

    version = HiddenField(max_length=10)


class AddForm(PaperForm):
    """The same with its first file."""

    file = FileField(_l("File"), extensions=ENDINGS, max_bytes=MOST, hint=TAKEN)


class VersionForm(EngageForm):
    """A new version and what is different in it."""

    file = FileField(_l("File"), extensions=ENDINGS, max_bytes=MOST, hint=TAKEN)
    note = TextArea(
        _l("What is different from the version before"),
        max_length=REASON,
        rows=3,
        count=True,
        missing=_l("Say what is different from the version before"),
        hint=_l("Whoever may read the paper reads this"),
    )


class WithdrawForm(EngageForm):
    reason = TextArea(
        _l("Why is it withdrawn?"),
        max_length=REASON,
        rows=3,
        count=True,
        missing=_l("Say why the paper is withdrawn"),
        hint=_l("Whoever could read the paper reads this instead"),
    )


class PlainForm(EngageForm):
    """Nothing but the button."""
