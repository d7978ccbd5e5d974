"""The table: one row per figure, with the floor it should reach and whether it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`kept`: whether the floor is reached; None where there is none. `beside`: how it stands to bare Flask."""

    what: str
    figure: str
    beside: str = ""
    cpu: str = ""
    statements: str = ""
    floor: str = ""
    kept: bool | None = None


HEAD = ("", "measured", "× bare Flask", "CPU ms each", "SQL cold · unchanged", "at least", "")


def markdown(rows: list[Row]) -> str:
    """The rows as a table that is legible as it is."""
    words = {True: "yes", False: "**no**", None: ""}
    cells = [HEAD, *((r.what, r.figure, r.beside, r.cpu, r.statements, r.floor, words[r.kept]) for r in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(HEAD))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    lines.insert(1, "| " + " | ".join("-" * w for w in widths) + " |")
    return "\n".join(lines)


def number(value: float) -> str:
    """Three figures are all that such a measurement is good for."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
