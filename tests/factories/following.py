"""Followers, made as a follower makes them: asking, then confirming by the link."""

from __future__ import annotations

from engage.core.access import act_as_link
from engage.core.db import saving
from engage.following import service
from engage.following.models import Interest
from engage.themes.models import ThemeGroup


def a_question(theme: ThemeGroup, address: str = "fern@example.org") -> Interest:
    """An address that asked and has not confirmed."""
    with saving():
        return service.ask(address=address, theme=theme, page=f"/themes/{theme.slug}/follow")


def a_follower(theme: ThemeGroup, address: str = "fern@example.org") -> Interest:
    """An address that follows the theme group."""
    interest = a_question(theme, address)
    with saving():
        return service.confirm(interest, by=act_as_link(None))
