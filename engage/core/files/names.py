"""The name under which a file is given out: what its bringer called it, less all that could do harm."""

from __future__ import annotations

import re
import unicodedata

from engage.core.files.kinds import KINDS

LONGEST, MOST_BYTES = 100, 200
PATH = re.compile(r"[/\\]")
UNFIT = re.compile(r'[<>:"|?*%;#\']+')
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps to itself, whatever stands after a dot."""


def safe_name(given: str, kind: str) -> str:
    """One path part, without control, direction or quoting characters, at most `LONGEST` long, with the kind's ending.

    >>> safe_name("..\\\\Direction of \\u202etravel.PDF", "pdf")
    'Direction of travel.pdf'
    """
    endings = KINDS[kind].endings
    last = PATH.split(given)[-1]
    shown = "".join(c if unicodedata.category(c)[0] != "Z" else " " for c in unicodedata.normalize("NFC", last))
    plain = UNFIT.sub("-", "".join(c for c in shown if unicodedata.category(c)[0] != "C"))
    stem = next((plain[: -len(end)] for end in endings if plain.lower().endswith(end)), plain)
    short = " ".join(stem.split()).strip(" .-")[: LONGEST - len(endings[0])]
    stem = short.encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore").rstrip(" .-")
    if not stem or RESERVED.fullmatch(stem):
        stem = f"paper-{stem}".rstrip("-")
    return stem + endings[0]
