"""Paging and safe redirects."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.pages import Page, page_number, safe_next


def page(number: int, total: int, size: int = 10) -> Page[int]:
    return Page(items=range(total)[Page.offset(number, size) :][:size], number=number, total=total, size=size)


@pytest.mark.parametrize(
    ("asked", "number"),
    [(None, 1), ("", 1), ("0", 1), ("-3", 1), ("x", 1), ("²", 1), ("7", 7), ("9" * 5_000, 100_000)],
)
def test_any_asked_page_is_a_bounded_number(asked: str | None, number: int) -> None:
    assert page_number(asked) == number


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [
        (1, 0, (1, 0, 0, None, None, [1])),
        (1, 10, (1, 1, 10, None, None, [1])),
        (2, 25, (3, 11, 20, 1, 3, [1, 2, 3])),
        (3, 25, (3, 21, 25, 2, None, [1, 2, 3])),
        (7, 200, (20, 61, 70, 6, 8, [1, None, 6, 7, 8, None, 20])),
        (4, 60, (6, 31, 40, 3, 5, [1, 2, 3, 4, 5, 6])),
        (99, 25, (3, 0, 0, 3, None, [1, 2, 3])),
    ],
)
def test_a_page_knows_its_place(number: int, total: int, shown: tuple[object, ...]) -> None:
    one = page(number, total)
    assert (one.pages, one.first, one.last, one.previous, one.next, one.numbers) == shown


@pytest.mark.parametrize("asked", ["/", "/desk", "/events?q=a&page=2#x", "/a?next=//b", "/r%C3%A9sum%C3%A9"])
def test_a_path_on_this_site_is_followed(asked: str) -> None:
    assert safe_next(asked, "/desk") == asked


@pytest.mark.parametrize(
    "asked",
    [
        *(
            None,
            "",
            "desk",
            "//evil.org",
            "///evil.org",
            "/\\evil.org",
            "\\\\evil.org",
            "/a\\..\\b",
            "/\t/evil.org",
        ),
        *("https://evil.org", "javascript:alert(1)", "/ /evil.org", "/a\r\nLocation: x", " /desk", "/desk\n"),
        *("/.//evil.org", "/é", "/" + "a" * 2_001, "http:evil.org", "?next=x"),
    ],
)
def test_anything_else_is_not_followed(asked: str | None) -> None:
    assert safe_next(asked, "/desk") == "/desk"


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%ahtps \t\n\0e"), max_size=12))
def test_no_text_leads_off_the_site(asked: str) -> None:
    told = safe_next(asked, "/desk")
    seen_by_browser = told.replace("\\", "/").replace("\t", "").replace("\n", "")
    assert urlsplit(urljoin("https://ours.example/sign-in", seen_by_browser)).netloc == "ours.example"
