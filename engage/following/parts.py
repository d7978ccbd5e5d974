"""What following puts into slots, and what publication pages say beforehand: "will tell 43 followers"."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engage.core.access import Principal
from engage.core.facts import Effect, Fact
from engage.core.slots import Section
from engage.core.text import _, ngettext
from engage.following import policy, queries
from engage.outcomes.facts import ActionPublished, RecordPublished
from engage.themes.facts import ThemeClosed
from engage.themes.models import ThemeGroup, ThemeState
from engage.themes.queries import by_id, is_public


def theme_section(theme: ThemeGroup, principal: Principal) -> Iterable[Section]:
    """On the staff page of a theme group: how many follow it."""
    if not policy.may_see_figures(principal, theme):
        return
    count = queries.count_following([theme.id])
    words = ngettext("%(num)d address follows this theme group.", "%(num)d addresses follow this theme group.", count)
    if not is_public(theme):
        words = _("People can follow it once its page is public.")
    elif theme.state is ThemeState.CLOSED and theme.successor_id is not None:
        words = _("Those who followed it moved to its successor.")
    public = is_public(theme)
    yield Section(
        title=_("Followers"),
        order=90,
        text=words,
        more_url=f"/themes/{theme.slug}/follow" if public else "",
        more=_("The page to follow it") if public else "",
    )


def event_told(fact: Fact) -> Iterable[Effect]:
    """Publishing an event; of one that is public already: moving or cancelling it."""
    yield from _told(queries.themes_of_event(fact.subject_id))


def public_event_told(fact: Fact) -> Iterable[Effect]:
    """Moving or cancelling an event tells followers only once it was announced."""
    if queries.event_by_id(fact.subject_id) is not None:
        yield from _told(queries.themes_of_event(fact.subject_id))


def record_told(fact: RecordPublished) -> Iterable[Effect]:
    """Publishing a record, and with it the actions that can be read in it."""
    yield from _told(queries.themes_of_record(fact.event_id))


def action_told(fact: ActionPublished) -> Iterable[Effect]:
    """Publishing an action by itself: what comes with a record is counted with the record."""
    if not fact.with_record:
        yield from _told(queries.themes_of_actions([fact.subject_id]))


def public_action_told(fact: Fact) -> Iterable[Effect]:
    """Verifying an action tells followers only when it is public."""
    if queries.action_by_id(fact.subject_id) is not None:
        yield from _told(queries.themes_of_actions([fact.subject_id]))


def theme_closed_told(fact: ThemeClosed) -> Iterable[Effect]:
    """Closing a theme group: its followers move or end, and are told."""
    count = queries.count_following([fact.subject_id])
    if not count:
        return
    successor = by_id(fact.successor_id) if fact.successor_id else None
    if successor is None:
        said = ngettext(
            "follower is told that it closes, and hears no more",
            "followers are told that it closes, and hear no more",
            count,
        )
    else:
        said = ngettext(
            "follower moves to %(title)s and is told",
            "followers move to %(title)s and are told",
            count,
            title=successor.title,
        )
    yield Effect(count, said)


def _told(theme_ids: Collection[int]) -> Iterable[Effect]:
    count = queries.count_following(theme_ids) if theme_ids else 0
    if count:
        said = ngettext(
            "follower of its theme groups is told by e-mail",
            "followers of its theme groups are told by e-mail",
            count,
        )
        yield Effect(count, said)
