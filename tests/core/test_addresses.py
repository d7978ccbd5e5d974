"""One spelling per e-mail address; pasted lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.addresses import BadAddress, Pasted, normalise, parse_list
from engage.core.errors import RuleBroken


@pytest.mark.parametrize(
    ("given_", "address"),
    [
        (" Ann.Lee+x@Example.ORG ", "ann.lee+x@example.org"),
        ("\ufeffann@x.org\u200b", "ann@x.org"),
        ("o'neil_%@x-y.co.uk.", "o'neil_%@x-y.co.uk"),
        ("zoe@BÜCHER.example", "zoe@xn--bcher-kva.example"),
        ("zoe@bu\u0308cher.example", "zoe@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling(given_: str, address: str) -> None:
    assert normalise(given_) == address


@pytest.mark.parametrize(
    "given_",
    [
        *(
            "",
            " ",
            "ann",
            "@x.org",
            "ann@",
            "ann@x",
            "a b@x.org",
            "a@b@x.org",
            "ann@-x.org",
            "ann@x..org",
            "ann@x.o_g",
        ),
        *(
            "a..b@x.org",
            ".a@x.org",
            "a.@x.org",
            "é@x.org",
            "\u0131da@x.org",
            '"a b"@x.org',
            "a@[1.2.3.4]",
            "a@1.2.3.4",
        ),
        *(
            "a" * 65 + "@x.org",
            "a@" + "x." * 130 + "org",
            "a@" + "x" * 64 + ".org",
            "a@x.org\nBcc: b@x.org",
            "a\0@x.org",
        ),
    ],
)
def test_what_cannot_be_written_to_is_refused(given_: str) -> None:
    with pytest.raises(BadAddress):
        normalise(given_)


NONE_HERE = "There is no e-mail address here"
TWICE = "This address is in the list more than once"


@pytest.mark.parametrize(
    ("pasted", "rows"),
    [
        ("", []),
        (" ;, \n\n", []),
        (
            "Ann Lee <ann@x.org>, bob@X.org; 'Jo' <JO@x.org>",
            [("Ann Lee", "ann@x.org", ""), ("", "bob@x.org", ""), ("Jo", "jo@x.org", "")],
        ),
        (
            '"Lee, Ann" <ann@x.org>; Roe, Jo <jo@x.org>',
            [("Lee, Ann", "ann@x.org", ""), ("Roe, Jo", "jo@x.org", "")],
        ),
        (
            "Ann Lee\tann@x.org\r\nbob@x.org Bob Roe",
            [("Ann Lee", "ann@x.org", ""), ("Bob Roe", "bob@x.org", "")],
        ),
        ("Ann Lee, ann@x.org", [("Ann Lee", "ann@x.org", "")]),
        ("mailto:ann@x.org <bob@x.org", [("", "ann@x.org", ""), ("", "bob@x.org", "")]),
        ("ann@x.org (Ann Lee)", [("Ann Lee", "ann@x.org", "")]),
        ("ann@x.org\nANN@x.org", [("", "ann@x.org", ""), ("", "ann@x.org", TWICE)]),
        ("Nobody\nAnn <>, b@x.org", [("Nobody", "", NONE_HERE), ("", "", NONE_HERE), ("", "b@x.org", "")]),
        (
            "Ann a@x.org b@x.org",
            [("", "", "There is more than one address here. Put each on its own line")],
        ),
        (
            f"{'n' * 201} <a@x.org>",
            [("n" * 200, "", "The name is longer than 200 characters")],
        ),
    ],
)
def test_a_pasted_list_is_read_row_by_row(pasted: str, rows: list[tuple[str, str, str]]) -> None:
    assert [(row.name, row.address, row.problem) for row in parse_list(pasted)] == rows


def test_a_bad_entry_says_where_it_stands_and_why() -> None:
    assert parse_list("ann@x.org\nBob <bob@x>") == [
        Pasted(line=1, given="ann@x.org", address="ann@x.org"),
        Pasted(
            line=2,
            given="Bob <bob@x>",
            name="Bob",
            problem="What stands after the @ is not the name of a mail domain, such as example.org",
        ),
    ]


def test_a_list_too_long_is_refused_whole() -> None:
    with pytest.raises(RuleBroken, match="more than 5000"):
        parse_list("\n".join(f"a{n}@x.org" for n in range(5_001)))


@given(st.text() | st.text(alphabet="a@.<>,;\"'\\ \n\t()", max_size=60))
def test_no_pasted_text_crashes_and_good_rows_are_normal(pasted: str) -> None:
    rows = parse_list(pasted)
    assert all(normalise(row.address) == row.address for row in rows if row.ok)
    assert len({row.address for row in rows if row.ok}) == sum(row.ok for row in rows)


@given(st.text() | st.emails())
def test_normalising_twice_changes_nothing(given_: str) -> None:
    try:
        once = normalise(given_)
    except BadAddress:
        return
    assert normalise(once) == once


def test_a_hostile_list_is_read_in_linear_time() -> None:
    (row,) = parse_list("a," * 50_000)
    assert row.problem == NONE_HERE
