"""gettext over Flask-Babel that also answers, in English, where no application is at work."""

from __future__ import annotations

import flask_babel
from flask import current_app, has_app_context
from flask_babel.speaklater import LazyString

FALLBACK_LANGUAGE = "en_GB"


def _babel_at_hand() -> bool:
    return has_app_context() and "babel" in current_app.extensions


def _(message: str, **values: object) -> str:
    """The message in the reader's language. `%(name)s` is filled from `values`; without any, % stays."""
    if _babel_at_hand():
        return str(flask_babel.gettext(message, **values))
    return message % values if values else message


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form that fits `num`, which is also available in the message as `%(num)d`."""
    if _babel_at_hand():
        return str(flask_babel.ngettext(singular, plural, num, **values))
    return (singular if num == 1 else plural) % {"num": num, **values}


def _l(message: str, **values: object) -> LazyString:
    """As `_`, but translated each time that it is read: for labels and messages made when a module loads."""
    return LazyString(_, message, **values)


def language() -> str:
    """The reader's locale as Babel writes it (`cy`, `en_GB`). Plain English is British English: 12 May."""
    found = str(flask_babel.get_locale() or FALLBACK_LANGUAGE) if _babel_at_hand() else FALLBACK_LANGUAGE
    return FALLBACK_LANGUAGE if found == "en" else found


def size_words(octets: int) -> str:
    """How large a file is, as people say it: "340 kB", "1.2 MB"."""
    if octets >= 1_000_000:
        return _("%(size)g MB", size=round(octets / 1_000_000, 1))
    return _("%(size)d kB", size=max(1, octets // 1000))
