"""E-mail addresses: one spelling each, and lists of them as people paste them (docs/domain.md#people)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engage.core.errors import RuleBroken
from engage.core.text import _, _l

MAX_ADDRESS = 254
MAX_LOCAL = 64
MAX_NAME = 200
MAX_ROWS = 5_000

LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
PIECE = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,])+')
LINE = re.compile(r'(?:"[^"\n]*"|[^;\n])+')
IN_BRACKETS = re.compile(r"<([^<>]*)>")


class BadAddress(RuleBroken):
    """This cannot be an e-mail address that we can send to."""


def normalise(given: str) -> str:
    """The one spelling of an address: trimmed, NFC, local part casefolded, domain in lower-case IDNA.

    Raises `BadAddress`. Stricter than RFC 5321: no quoted local part, nothing but ASCII before the @ (many
    servers refuse it), no machine by its number, a domain with a dot.
    """
    cleaned = unicodedata.normalize("NFC", UNSEEN.sub("", given)).strip()
    if not cleaned:
        raise BadAddress(_l("Enter an e-mail address"))
    local, at, domain = cleaned.rpartition("@")
    if not at or not local or not domain:
        raise BadAddress(_l("An e-mail address looks like name@example.org"))
    if len(cleaned) > MAX_ADDRESS or len(local) > MAX_LOCAL:
        raise BadAddress(_l("This e-mail address is too long"))
    if not local.isascii():
        raise BadAddress(_l("Before the @ only the letters a to z without accents can be used"))
    local = local.casefold()
    if not LOCAL.fullmatch(local):
        raise BadAddress(_l("There is a character before the @ that cannot be part of an e-mail address"))
    address = f"{local}@{_domain(domain)}"
    if len(address) > MAX_ADDRESS:
        raise BadAddress(_l("This e-mail address is too long"))
    return address


def _domain(given: str) -> str:
    try:
        domain = given.casefold().encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(LABEL.fullmatch(label) for label in labels):
        raise BadAddress(_l("What stands after the @ is not the name of a mail domain, such as example.org"))
    return domain


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """One entry of a pasted list. Either `address` (normalised) or `problem` (why not, in plain words) is "".

    A row that names an address again keeps `address` and has a `problem` too.
    """

    line: int
    given: str
    name: str = ""
    address: str = ""
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def parse_list(text: str, *, most: int = MAX_ROWS) -> list[Pasted]:
    """Each entry of a pasted list: `Ann Lee <ann@x.org>, …`, one a line, semicolons, cells of a spreadsheet.

    Bad entries come back with a reason, in their place. More than `most` are refused (`RuleBroken`).
    """
    rows: list[Pasted] = []
    seen: set[str] = set()
    for row in _entries(text):
        if len(rows) == most:
            raise RuleBroken(_l("The list has more than %(count)d entries. Split it", count=most))
        again = row.address in seen
        rows.append(replace(row, problem=_("This address is in the list more than once")) if again else row)
        if row.address:
            seen.add(row.address)
    return rows


def _entries(text: str) -> Iterator[Pasted]:
    for number, line in enumerate(text.splitlines(), start=1):
        for chunk in LINE.findall(line):
            yield from _chunk(number, chunk)


def _chunk(line: int, chunk: str) -> Iterator[Pasted]:
    """Entries between semicolons. A piece without an address is the name, or part of it, of the next."""
    waiting: list[str] = []
    for piece in PIECE.findall(chunk):
        words = " ".join(piece.split())
        if "@" not in piece and "<" not in piece:
            waiting += [words] if words else []
            continue
        yield from _piece(line, ", ".join([*waiting, words]))
        waiting = []
    if waiting:
        given = ", ".join(waiting)
        yield Pasted(line=line, given=given, name=_name(given), problem=_("There is no e-mail address here"))


def _piece(line: int, words: str) -> Iterator[Pasted]:
    bracketed = IN_BRACKETS.findall(words)
    if bracketed:
        found, rest = [a for a in bracketed if "@" in a], IN_BRACKETS.sub(" ", words)
    else:
        found = [word for word in words.split() if "@" in word]
        rest = " ".join(word for word in words.split() if "@" not in word)
    if len(found) == 1:
        yield _pasted(line, words, found[0], _name(rest))
    elif found and not _name(rest):
        yield from (_pasted(line, address, address, "") for address in found)
    elif found:
        yield Pasted(line=line, given=words, problem=_("There is more than one address here. Put each on its own line"))
    else:
        yield Pasted(line=line, given=words, problem=_("There is no e-mail address here"))


def _pasted(line: int, given: str, address: str, name: str) -> Pasted:
    bare = address.strip(" \"'()[]<>,;").removeprefix("mailto:")
    try:
        known = normalise(bare)
    except BadAddress as bad:
        return Pasted(line=line, given=given, name=name, problem=bad.message)
    if len(name) > MAX_NAME:
        said = _("The name is longer than %(count)d characters", count=MAX_NAME)
        return Pasted(line=line, given=given, name=name[:MAX_NAME], problem=said)
    return Pasted(line=line, given=given, name=name, address=known)


def _name(words: str) -> str:
    seen = UNSEEN.sub("", "".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cs")))
    return " ".join(unicodedata.normalize("NFC", seen).replace("\\", "").split()).strip(" \"'()[],<>")
