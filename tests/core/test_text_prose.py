"""Markdown made safe, its plain words, slugs."""

from __future__ import annotations

import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core import text

LINK = 'rel="nofollow noopener"'


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("# A\n\n##### B", "<h3>A</h3>\n<h6>B</h6>"),
        ("<b onclick=x>a</b>", "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>"),
        ("[a](https://x.org 'T')", f'<p><a href="https://x.org" title="T" {LINK}>a</a></p>'),
        ("[a](/events/x)", f'<p><a href="/events/x" {LINK}>a</a></p>'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[](https://x.org)", f'<p><a href="https://x.org" {LINK}>https://x.org</a></p>'),
        ("![Map](https://x.org/m.png)", f'<p><a href="https://x.org/m.png" {LINK}>Map</a></p>'),
        ("[![Map](https://t.co/m)](https://x.org)", f'<p><a href="https://x.org" {LINK}>Map</a></p>'),
        ("a ~~b~~\\\nc", "<p>a <s>b</s><br>\nc</p>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("a\0b", "<p>a\ufffdb</p>"),
        ("", ""),
    ],
)
def test_markdown_makes_safe_html(written: str, html: str) -> None:
    assert text.markdown(written) == html


def test_headings_start_where_the_page_says() -> None:
    assert text.markdown("# A", below=0) == "<h1>A</h1>"
    assert text.markdown("### A\n\n#### B") == "<h3>A</h3>\n<h4>B</h4>"


def test_a_table_keeps_its_cells_and_no_style() -> None:
    html = text.markdown("|a|b|\n|-|-:|\n|1|2|")
    assert re.sub(r"\s", "", html) == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


@given(st.text(alphabet=st.sampled_from("<>\"'&[]()!#*_`~\\/:=-|.\n\t ajsvcriptonx1\0\u202e"), max_size=80))
def test_markdown_never_lets_anything_dangerous_through(written: str) -> None:
    tree = html5lib.parseFragment(text.markdown(written), namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in ("script", "img", "iframe", "style", "svg", "form", "input")
        assert set(element.attrib) <= {"href", "title", "rel", "start"}
        assert not str(element.get("href", "")).lower().startswith(("javascript:", "data:", "vbscript:"))


def test_plain_keeps_the_words_of_each_block_on_a_line() -> None:
    written = "# A  *b*\n\nsoft\nbreak [x](y) ![pic](u)\n\n- one\n- `two`\n\n```\ncode\n```"
    assert text.plain(written) == "A b\nsoft break x pic\none\ntwo\ncode"


def test_an_excerpt_is_cut_between_words() -> None:
    assert [text.excerpt("**One** two, three four", 12), text.excerpt("One two", 12)] == [
        "One two…",
        "One two",
    ]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Round Table 3: What's next?", "round-table-3-whats-next"),
        ("Llŷn & Dŵr für Straße – Łódź", "llyn-and-dwr-fur-strasse-lodz"),
        ("Ελλάδα", "untitled"),
        ("", "untitled"),
        ("a" * 100, "a" * 80),
        ("word " * 30, "-".join(["word"] * 16)),
    ],
)
def test_a_title_becomes_a_slug(title: str, slug: str) -> None:
    assert text.slugify(title) == slug


@given(st.text())
def test_every_slug_is_well_formed(title: str) -> None:
    slug = text.slugify(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 80
    assert text.slugify(slug) == slug
