"""The shape of a question for registration in the demonstration's story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from engage.demo.words import Part, Short


@dataclass(frozen=True, kw_only=True)
class Asked(Part):
    """A question for registration. `after`: the key of an earlier one, and the answer after which this one is asked.
    `answers`: what those of the crowd say, the first one the first and so on, over and over."""

    key: str
    kind: Literal["text", "long_text", "choice", "multiple", "consent"]
    label: Short
    hint: Annotated[str, Field(max_length=600)] = ""
    terms: str = ""
    options: tuple[Short, ...] = ()
    required: bool = False
    audience: Literal["everybody", "staff", "door"] = "everybody"
    after: tuple[str, str] | None = None
    answers: tuple[str, ...] = ()
