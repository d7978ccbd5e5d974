"""Every string that a person reads goes through gettext."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates" / "emails").rglob("*.md"))
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TRANS = re.compile(r"\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
BLOCK = re.compile(r"\{%.*?%\}", re.DOTALL)
TARGET = re.compile(r"\]\([^)\s]*\)")
PATH = re.compile(r"/[\w./-]+")
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
HIDDEN = re.compile(r"<(style|script|svg|code)\b.*?</\1>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:alt|title|aria-label|placeholder|data-label)="([^"]*[A-Za-z][^"]*)"')
LETTERS = re.compile(r"[A-Za-z]{2,}")
LITERAL = re.compile(r"(?P<before>\w*\(\s*)?(?P<quote>[\"'])(?P<text>[A-Z][a-z’']+(?: [^\"']*)?)(?P=quote)")
NAMES = {"engage", "html", "Subject", "nbsp", "mdash", "ndash", "rarr", "larr", "middot", "Subject:"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def bare_text(source: str) -> list[str]:
    """Words that stand in a template outside any call of gettext."""
    source = TRANS.sub(" ", COMMENT.sub(" ", source))
    expressions = EXPRESSION.findall(source) + BLOCK.findall(source)
    found = [
        m["text"]
        for expression in expressions
        for m in LITERAL.finditer(expression)
        if not (m["before"] or "").rstrip().endswith(("_(", "ngettext(", "gettext("))
        and not _second_of_plural(expression, m.start())
        and f'_("{m["text"]}")' not in source  # looked up by its words, which stand there for the translators
    ]
    rest = EXPRESSION.sub("\u2026", BLOCK.sub(" ", HIDDEN.sub(" ", source)))
    found += [said for said in SPOKEN.findall(rest) if LETTERS.search(said.replace("\u2026", ""))]
    words = LETTERS.findall(re.sub(r"&\w+;", " ", PATH.sub(" ", TAG.sub(" ", TARGET.sub(" ", rest)))))
    return found + [w for w in words if w not in NAMES]


def _second_of_plural(expression: str, at: int) -> bool:
    return "ngettext(" in expression[max(0, at - 250) : at]


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_speaks_through_gettext(path: Path) -> None:
    assert bare_text(path.read_text(encoding="utf-8")) == []


def test_the_check_sees_bare_words() -> None:
    assert bare_text("<p>Hello there</p>") == ["Hello", "there"]
    assert bare_text('<p aria-label="Close it">{{ _("Hello") }}</p>') == ["Close it"]
    assert bare_text('{{ button("Save it") }}') == ["Save it"]
    assert bare_text("{% trans %}Hello{% endtrans %}") == []


SPEAKING = {"flash": 0, "RuleBroken": 0, "ValidationError": 0, "Refused": 0, "Gone": 0}


@pytest.mark.parametrize("path", sorted((ROOT / "engage").rglob("*.py")), ids=relative)
def test_python_speaks_through_gettext(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [
        f"{call.lineno}: {call.args[0].value!r}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in SPEAKING
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and call.args[0].value
    ]
    assert bare == []
