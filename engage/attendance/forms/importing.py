"""A list of people that was pasted or uploaded → candidates, each with its fate, and their safe passage through a page.

Parsed outside `saving()`. Between the preview and the confirmation the good rows travel in a signed field, bound to the
event and good for twelve hours: nothing is stored, nothing can be slipped in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from engage.attendance import queries
from engage.core import addresses
from engage.core.errors import RuleBroken
from engage.core.pages import read_csv
from engage.core.pages.csv_out import FORMULA
from engage.core.text import _, _l
from engage.events.models import Event

KEPT_FOR = 12 * 3600
LONGEST = 200
HEADINGS = {
    "name": "name",
    "full name": "name",
    "e-mail": "email",
    "email": "email",
    "e-mail address": "email",
    "email address": "email",
    "mail": "email",
    "role": "role",
    "job title": "role",
    "position": "role",
    "organisation": "organisation",
    "organization": "organisation",
    "body": "organisation",
}


class Fate(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    DOUBTFUL = "doubtful"
    ALREADY = "already"
    TWICE = "twice"
    WRONG = "wrong"


FATE_WORDS: Mapping[Fate, object] = {
    Fate.TAKEN: _l("Will be put on the list"),
    Fate.DOUBTFUL: _l("Will be put on the list: look at it"),
    Fate.ALREADY: _l("Left as it is"),
    Fate.TWICE: _l("Left out"),
    Fate.WRONG: _l("Left out"),
}
TONES: Mapping[Fate, str] = {
    Fate.TAKEN: "go",
    Fate.DOUBTFUL: "warn",
    Fate.ALREADY: "done",
    Fate.TWICE: "rest",
    Fate.WRONG: "bad",
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One row: what it says, what becomes of it, and why in plain words."""

    line: int
    email: str
    name: str
    role: str = ""
    organisation: str = ""
    fate: Fate = Fate.TAKEN
    why: str = ""

    @property
    def fate_words(self) -> str:
        return str(FATE_WORDS[self.fate])

    @property
    def tone(self) -> str:
        return TONES[self.fate]

    @property
    def good(self) -> bool:
        return self.fate in (Fate.TAKEN, Fate.DOUBTFUL)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A row as it was read, before it is judged against the event."""

    line: int
    email: str
    name: str
    role: str = ""
    organisation: str = ""
    problem: str = ""
    doubt: str = ""


def from_csv(event: Event, data: bytes) -> Sequence[Candidate]:
    """The rows of a file. Raises `Unreadable` where none can be trusted, `RuleBroken` without a column of addresses."""
    table = read_csv(data)
    columns = {HEADINGS[heading]: heading for heading in reversed(table.headings) if heading in HEADINGS}
    if "email" not in columns:
        raise RuleBroken(
            _("No column holds e-mail addresses. Call one “E-mail”, and others “Name”, “Role”, “Organisation”")
        )
    rows = []
    for row in table.rows:
        said = {field: row.cells.get(heading, "") for field, heading in columns.items()}
        rows.append(_Read(line=row.line, problem=row.problem, doubt=row.doubt, **_filled(said)))
    return _judged(event, rows)


def from_text(event: Event, text: str) -> Sequence[Candidate]:
    """The entries of a pasted list."""
    rows = [
        _Read(line=one.line, email=one.address or one.given, name=one.name, problem=one.problem)
        for one in addresses.parse_list(text)
    ]
    return _judged(event, rows)


def _filled(said: dict[str, str]) -> dict[str, str]:
    return {field: " ".join(said.get(field, "").split()) for field in ("email", "name", "role", "organisation")}


def _judged(event: Event, rows: Iterable[_Read]) -> Sequence[Candidate]:
    known = queries.known_addresses(event)
    seen: set[str] = set()
    judged = []
    for row in rows:
        address, problem = _address(row)
        fate, why = _fate(row, address, problem, known, seen)
        if address:
            seen.add(address)
        judged.append(
            Candidate(
                line=row.line,
                email=address or row.email,
                name=row.name,
                role=row.role,
                organisation=row.organisation,
                fate=fate,
                why=why,
            )
        )
    return judged


def _address(row: _Read) -> tuple[str, str]:
    """The one spelling of the row's address, or what is wrong with it."""
    try:
        return addresses.normalise(row.email), ""
    except addresses.BadAddress as bad:
        return "", bad.message


def _fate(row: _Read, address: str, problem: str, known: Mapping[str, str], seen: set[str]) -> tuple[Fate, str]:
    if address and address in seen:
        return Fate.TWICE, _("This address stands further up already")
    if row.problem or problem:
        return Fate.WRONG, row.problem or problem
    if not row.name:
        return Fate.WRONG, _("The name is missing")
    if max(len(row.name), len(row.role), len(row.organisation)) > LONGEST:
        return Fate.WRONG, _("Name, role or organisation is longer than %(count)d characters", count=LONGEST)
    if known.get(address) == "invited":
        return Fate.ALREADY, _("Is on the list of invitees already")
    if address in known:
        return Fate.ALREADY, _("Has a booking already")
    doubt = row.doubt or _formula(row)
    return (Fate.DOUBTFUL, doubt) if doubt else (Fate.TAKEN, "")


def _formula(row: _Read) -> str:
    """What to say of a row that a spreadsheet would run."""
    if not any(FORMULA.match(said) for said in (row.name, row.role, row.organisation)):
        return ""
    return _("Begins as a formula does. It is kept as plain text, and lists taken from here as a file defuse it")


# --- the passage through the page -----------------------------------------------------------------------------


def packed(event: Event, candidates: Iterable[Candidate]) -> str:
    """The good rows, signed, for a hidden field."""
    rows = [[c.email, c.name, c.role, c.organisation] for c in candidates if c.good]
    return str(_signer().dumps([event.key, rows]))


def unpacked(event: Event, given: str) -> Sequence[Candidate]:
    """The rows again. Raises `RuleBroken` where the field is not ours, of another event, or too old."""
    try:
        key, rows = _signer().loads(given, max_age=KEPT_FOR)
    except BadData:
        key, rows = "", []
    if key != event.key:
        raise RuleBroken(_("This preview was open for too long. Give the list again."))
    return [
        Candidate(line=n, email=email, name=name, role=role, organisation=organisation)
        for n, (email, name, role, organisation) in enumerate(rows, start=1)
    ]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt="attendance-import",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
