"""What themes puts into slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.slots import DeskItem, Line, Section
from engage.core.text import _
from engage.programmes.models import Programme, ProgrammeState
from engage.themes import policy, queries
from engage.themes.models import Term, ThemeGroup, ThemeState


def programme_section(programme: Programme, principal: Principal) -> Iterable[Section]:
    """On a programme's staff page: its theme groups, who leads them, which have nobody."""
    themes = queries.of_programme(programme.id)
    leads = queries.leads_on([theme.id for theme in themes], clock.today(programme.zone))
    may_propose = policy.may_propose(principal, programme) and programme.state is ProgrammeState.ACTIVE
    yield Section(
        title=_("Theme groups"),
        order=10,
        lines=[_line(theme, leads.get(theme.id, ())) for theme in themes],
        nothing=_("No theme groups yet. Events and actions stand under them, so propose the first one."),
        act_url=f"/manage/programmes/{programme.slug}/themes/new" if may_propose else "",
        act=_("Propose a theme group"),
    )


def desk_items(principal: Principal) -> Iterable[DeskItem]:
    """For convenors: groups that nobody leads, and proposals that wait."""
    mine = [scope for scope, roles in principal.roles.items() if Role.CONVENOR in roles]
    if not mine:
        return
    themes = queries.waiting_in(mine)
    leads = _leads_today(themes)
    for theme in themes:
        if theme.state is ThemeState.PROPOSED:
            yield DeskItem(
                group=_("Theme groups"),
                text=_("Decide on the proposed theme group %(title)s", title=theme.title),
                url=f"/manage/themes/{theme.slug}",
                detail=theme.programme.name,
            )
        elif theme.id not in leads:
            yield DeskItem(
                group=_("Theme groups"),
                text=_("Find a lead for %(title)s", title=theme.title),
                url=f"/manage/themes/{theme.slug}/people",
                detail=theme.programme.name,
            )


def _leads_today(themes: Sequence[ThemeGroup]) -> Mapping[int, Sequence[Term]]:
    """Who leads today, each group judged in its programme's zone: one statement for each date that it is anywhere."""
    found: dict[int, Sequence[Term]] = {}
    for today in sorted({queries.today_of(theme) for theme in themes}):
        found |= queries.leads_on([theme.id for theme in themes if queries.today_of(theme) == today], today)
    return found


def _line(theme: ThemeGroup, leads: Sequence[Term]) -> Line:
    vacant = theme.state is ThemeState.ACTIVE and not leads
    names = ", ".join(term.person.name for term in leads)
    return Line(
        text=theme.title,
        url=f"/manage/themes/{theme.slug}",
        note=_("Led by %(names)s", names=names) if names else "",
        tag=("theme", "vacant" if vacant else theme.state.value),
    )
