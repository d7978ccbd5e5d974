"""Markdown that people write, as safe HTML or as plain text; titles as slugs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

SLUG_LENGTH = 80
APOSTROPHES = "'`\u2018\u2019\u02bc"
TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"),
}
SCHEMES = {"http", "https", "mailto", "tel"}
UNLIKE_LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "&": " and ",
    }
)

_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)
def markdown(text: str, below: int = 2) -> Markup:
    """Safe HTML: no raw HTML, no pictures (each becomes a link to it), links marked `nofollow noopener`.

    Headings start one level under `below` (h3 on a page with h1 and h2; 0 in a mail) and stop at h6.
    """
    tokens = _parser.parse(text)
    _shift_headings(tokens, below)
    _name_links(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        link_rel="nofollow noopener",
        url_schemes=SCHEMES,
    )
    return Markup(clean.strip())  # noqa: S704 - sanitised in the line above


def _shift_headings(tokens: Sequence[Token], below: int) -> None:
    """The text's own highest heading, however many marks it was given, comes one level under `below`."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 1 + below)}"


def _name_links(tokens: Sequence[Token]) -> None:
    """Pictures become links to them, and a link without words gets its address as words."""
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_named_links(token.children))


def _with_named_links(children: Sequence[Token]) -> Iterator[Token]:
    inside, words, address = 0, "", ""
    for child in children:
        if child.type == "link_open":
            inside, words, address = inside + 1, "", str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            inside -= 1
            if not words.strip():
                yield _text(address)
        if child.type == "image":
            words += child.content
            yield from _instead_of_picture(child, linked=inside > 0)
        else:
            words += child.content
            yield child


def _instead_of_picture(picture: Token, *, linked: bool) -> Iterator[Token]:
    address = str(picture.attrs.get("src", ""))
    words = _text(picture.content or address)
    if linked:
        yield words
        return
    yield Token("link_open", "a", 1, attrs={"href": address})
    yield words
    yield Token("link_close", "a", -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def plain(text: str) -> str:
    """The words of a Markdown text, one block a line, without marks: for search and descriptions."""
    blocks = (_inline_words(token) for token in _parser.parse(text))
    return "\n".join(block for block in blocks if block)


def _inline_words(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content.strip()
    breaks = ("softbreak", "hardbreak")
    words = "".join(" " if child.type in breaks else child.content for child in token.children or ())
    return " ".join(words.split())


def excerpt(text: str, length: int = 200) -> str:
    """The first words of a Markdown text on one line, cut between words with an ellipsis."""
    words = " ".join(plain(text).split())
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.\u2013-") + "…"


def slugify(title: str, fallback: str = "untitled") -> str:
    """Lower-case a-z, 0-9 and single hyphens, at most 80; `fallback` where the title has no such letter."""
    spelled = title.casefold().translate(UNLIKE_LATIN)
    letters = unicodedata.normalize("NFKD", spelled)
    ascii_only = "".join(c for c in letters if not unicodedata.combining(c) and c not in APOSTROPHES)
    joined = re.sub(r"[^a-z0-9]+", "-", ascii_only.casefold()).strip("-")
    if len(joined) > SLUG_LENGTH:
        whole_words = joined[: SLUG_LENGTH + 1].rpartition("-")[0]
        joined = whole_words or joined[:SLUG_LENGTH]
    return joined or fallback
