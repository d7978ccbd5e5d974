"""QR codes, as pictures that stand in the page itself (docs/decisions/qr.md)."""

from __future__ import annotations

import segno

MASK = 2
"""Any mask can be read; choosing the best of eight takes six times as long."""


def picture(text: str) -> str:
    """The code for a text, as the address of an SVG picture (`data:`)."""
    code = segno.make(text, error="m", micro=False, mask=MASK)
    return str(code.svg_data_uri(border=4, dark="#000", light="#fff"))
