"""Refusals in plain words. A view shows a `RuleBroken`'s message; the others are HTTP answers."""

from __future__ import annotations


class RuleBroken(Exception):
    """A rule of the domain says no. `message` is for people; `field` names the form field to show it beside."""

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self._message = message
        self.field = field

    @property
    def message(self) -> str:
        """The sentence, in the reader's language (a lazy string is translated when read)."""
        return str(self._message)


class StaleVersion(RuleBroken):
    """Somebody else saved the same thing meanwhile (optimistic version): show both texts side by side."""


class NotFound(Exception):
    """There is no such thing, or this person may not know that there is: 404."""


class Forbidden(Exception):
    """This person knows of the thing but may not do this: 403."""


class Gone(Exception):
    """A link that expired or was revoked: 410. `why` is a sentence for the page."""

    def __init__(self, why: object = "") -> None:
        super().__init__(str(why))
        self.why = why


class UnsavedChanges(RuntimeError):
    """A programming error: something was changed outside `saving()`."""
