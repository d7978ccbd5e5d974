"""What the parts of the demonstration's story are made of: texts of a length, addresses that reach nobody, kinds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

Short = Annotated[str, Field(min_length=1, max_length=200)]
Reason = Annotated[str, Field(max_length=600)]
Address = Annotated[str, Field(pattern=r"^[a-z0-9.+-]+@([a-z0-9-]+\.)*(example|example\.(org|com|net))$")]
"""Only domains reserved for examples (RFC 2606): nothing that the demonstration writes can reach anybody."""
Evidence = Annotated[str, Field(pattern=r"^https://example\.org/\S+$")]
Clock = Annotated[str, Field(pattern=r"^\d\d:\d\d$")]
EventKind = Literal["round_table", "summit", "conference", "meeting"]
OutcomeKind = Literal["decision", "agreement", "finding", "commitment", "issue"]
Role = Literal["convenor", "secretary", "theme_lead", "reviewer", "observer"]


class Part:
    """Every part of the story refuses a field that it does not know."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", str_strip_whitespace=True)
