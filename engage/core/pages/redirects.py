"""Where to go next, never off this site."""

from __future__ import annotations

import re

LONGEST = 2_000
# one slash, then printable ASCII without the characters that browsers read as a slash or drop
PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")


def safe_next(asked: str | None, default: str = "/") -> str:
    """`asked` if it is a path on this site (with query), else `default`.

    Browsers read `\\` as `/`, drop tabs and line ends, and take `//host` for another site: none passes.
    """
    if not asked or len(asked) > LONGEST or not PATH.fullmatch(asked):
        return default
    path = re.split(r"[?#]", asked, maxsplit=1)[0]
    return default if "//" in path else asked
