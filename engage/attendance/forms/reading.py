"""A row of somebody else's list → what it says of a person: names put together, one address, a state, an instant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engage.attendance.queries.imports import Said
from engage.core import addresses, clock
from engage.core.columns import picked
from engage.core.files import Line
from engage.core.pages.csv_out import FORMULA
from engage.core.text import _
from engage.core.text.instants import Order, read_instant

LONGEST = 200
CANCELLED = re.compile(
    r"(order )?(cancell?ed|refunded|withdrawn|withdrew|rejected|refused|expired|deleted|declined|void(ed)?|lapsed"
    r"|not attending|not coming|transferred|apolog(y|ies))\b",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"\W*((grand|sub)?[ -]?totals?|sum|count|number of (rows|records|attendees|registrations))\b", re.IGNORECASE
)
LETTERS_AFTER = frozenset(
    """obe mbe cbe kbe dbe kcb dcb cb cmg kcmg gcb frs fba frss fmedsci mp msp ms mla qc kc jp phd dphil md msc ma ba
    bsc mba frcp frcs frcgp cstat esq jr sr ii iii iv""".split()  # noqa: SIM905 -- a list of these would be a column
)
"""What stands after a name and is no name: neither swapped to the front nor taken for a family name in capitals."""
SEVERAL = re.compile(r"[;,\s/|]+")
NAMES = re.compile(r"[;\n]+")


def read_rows(
    lines: Iterable[Line], *, columns: Sequence[str], order: Order, zone: str, with_cancelled: bool
) -> list[Said]:
    """What each row says by these columns; days without a zone of their own are in `zone`."""
    return [_read(line, picked(line.cells, columns), order, zone, with_cancelled) for line in lines]


def _read(line: Line, said: dict[str, str], order: Order, zone: str, with_cancelled: bool) -> Said:
    typed, others = _addresses(said.get("email", "") or said.get("email_else", ""))
    notes = []
    if others:
        several = _("Several addresses: %(first)s is used, not %(others)s", first=typed, others=", ".join(others)[:200])
        notes.append(several)
    name = _name(said, many=1 + len(others))
    wrong = ""
    try:
        email = addresses.normalise(typed)
    except addresses.BadAddress as bad:
        email, wrong = typed, bad.message
    if not name and not wrong:
        name = email.partition("@")[0]
        notes.append(_("There is no name: what stands before the @ is shown instead"))
    fields = {key: " ".join(said.get(key, "").split()) for key in ("role", "organisation", "ticket")}
    if max(len(name), *(len(value) for value in fields.values())) > LONGEST:
        wrong = wrong or _("Name, role or organisation is longer than %(count)d characters", count=LONGEST)
    if any(FORMULA.match(value) for value in (name, *fields.values())):
        notes.append(_("Begins as a formula does. It is kept as plain text, and defused in every file taken from here"))
    instant = None
    if written := said.get("registered_at", ""):
        try:
            instant = min(read_instant(written, zone=zone, order=order), clock.now())
        except ValueError:
            notes.append(_("“%(written)s” is no date that can be read: left out", written=written[:40]))
    return Said(
        number=line.number,
        email=email[: addresses.MAX_ADDRESS],
        name=name[:LONGEST],
        **{key: value[:LONGEST] for key, value in fields.items()},
        registered_at=instant,
        wrong=line.problem or wrong,
        doubt="; ".join([*([line.doubt] if line.doubt else []), *notes]),
        leave_out=_left_out(line, said, typed, with_cancelled),
    )


def _addresses(cell: str) -> tuple[str, list[str]]:
    """The first address of a cell, out of "Ann <ann@x.org>" too, and the others."""
    found = [part.strip(" \"'()[]<>,;").removeprefix("mailto:") for part in SEVERAL.split(cell) if "@" in part]
    if not found:
        return cell.strip(), []
    others = dict.fromkeys(one.casefold() for one in found)
    return found[0], [one for one in others if one != found[0].casefold()]


def _name(said: dict[str, str], *, many: int) -> str:
    """The name in the order in which it is spoken; of as many names as addresses, the first."""
    given, family = (" ".join(said.get(key, "").split()) for key in ("given", "family"))
    if given and family:
        return f"{given} {_calm(family) if given != given.upper() or len(given) == 1 else family}"
    names = [part for part in NAMES.split(said.get("name", "")) if part.strip()]
    name = names[0] if many > 1 and len(names) == many else said.get("name", "")
    return spoken(" ".join(name.split()) or given or family)


def spoken(name: str) -> str:
    """ "SMITH, Ann" and "Ann SMITH" → "Ann Smith". A name all in capitals, or with letters after it, stays as it is."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and given and family and "," not in given and given.casefold().replace(".", "") not in LETTERS_AFTER:
        return f"{given} {_calm(family) if given != given.upper() else family}"
    if name == name.upper():
        return name
    return " ".join(_calm(word) for word in name.split())


def _calm(words: str) -> str:
    """A family name without its capitals; whatever is not written in capitals only stays."""
    return " ".join(_calm_word(word) for word in words.split())


def _calm_word(word: str) -> str:
    letters = word.replace(".", "")
    if len(letters) < 3 or word != word.upper() or "." in word or letters.casefold() in LETTERS_AFTER:
        return word
    if word.startswith("MC") and len(word) > 4:
        return f"Mc{word[2:].title()}"
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)


def _left_out(line: Line, said: dict[str, str], typed: str, with_cancelled: bool) -> str:
    if "@" not in typed and any(TOTAL.match(cell) for cell in line.cells[:2] if cell):
        return _("A line of totals")
    state = said.get("state", "")
    if state and not with_cancelled and CANCELLED.match(state.strip()):
        return _("The file says: %(state)s", state=state[:60])
    return ""
