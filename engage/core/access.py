"""Who may: a `Principal` for every act, and an access declaration for every endpoint. Silence is refusal.

`@public`, `@signed_in`, `@requires(policy, on=load)` or `@by_link(purpose, on=load)` marks a view; an endpoint
without a mark stops `create_app`. What a person may not know exists answers 404, not 403.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, g, has_app_context, redirect, request, url_for

from engage.core import db as store
from engage.core import links
from engage.core.errors import Forbidden, NotFound


class Role(StrEnum):
    """What a user may be in a programme (docs/domain.md#programme)."""

    CONVENOR = "convenor"
    SECRETARY = "secretary"
    THEME_LEAD = "theme_lead"
    REVIEWER = "reviewer"
    OBSERVER = "observer"


class Kind(StrEnum):
    ANONYMOUS = "anonymous"
    USER = "user"
    LINK = "link"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who acts: every verb's `by=`. Roles by programme id; `leads`, `took_part`: ids of theme groups, of events."""

    kind: Kind
    user_id: int | None = None
    person_id: int | None = None
    name: str = ""
    is_admin: bool = False
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    leads: frozenset[int] = frozenset()
    took_part: frozenset[int] = frozenset()

    @property
    def actor(self) -> str:
        """The mark that history keeps: names nobody."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        if self.person_id is not None:
            return f"person:{self.person_id}"
        return self.kind.value

    def has(self, *wanted: Role, in_: int) -> bool:
        """Whether any of these roles is held in the programme with this id."""
        return not self.roles.get(in_, frozenset()).isdisjoint(wanted)

    def knows(self, programme_id: int) -> bool:
        """Whether any role at all is held there: may know that its private things exist."""
        return bool(self.roles.get(programme_id))

    @property
    def signed_in(self) -> bool:
        return self.kind is Kind.USER


ANONYMOUS = Principal(kind=Kind.ANONYMOUS)
SYSTEM = Principal(kind=Kind.SYSTEM)

V = TypeVar("V", bound=Callable[..., Any])
Policy = Callable[[Principal, Any], bool]
Load = Callable[..., Any]


@dataclass(frozen=True)
class Access:
    """What an endpoint declared; the table-driven access test reads it."""

    rule: str
    detail: str = ""


_loader: list[Callable[[], Principal]] = []


def load_principals_with(loader: Callable[[], Principal]) -> None:
    """Wiring gives the one function that finds out who is asking."""
    _loader[:] = [loader]


def current_principal() -> Principal:
    """Who is asking, found once per request."""
    if "principal" not in g:
        g.principal = _loader[0]() if _loader else ANONYMOUS
    found: Principal = g.principal
    return found


def public(view: V) -> V:
    """Anyone may; the view itself shows only what is published."""
    return _mark(view, Access("public"))


def signed_in(view: V) -> V:
    """Any signed-in user may."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_principal().signed_in:
            return _to_sign_in()
        return view(*args, **kwargs)

    return _mark(guarded, Access("signed_in"))  # type: ignore[return-value]


def requires(policy: Policy, *, on: Load | None = None) -> Callable[[V], V]:
    """The policy must say yes of the thing that `on` loads from the address; the view gets that thing.

    Anonymous: to the sign-in page, whether the thing exists or not. No such thing, or nothing of this person's
    programmes: 404. Known but not allowed: 403. The policy is asked again inside each `saving()` of the request.
    """

    def declare(view: V) -> V:
        @wraps(view)
        def guarded(**kwargs: Any) -> Any:
            principal = current_principal()
            if not principal.signed_in:
                return _to_sign_in()
            thing = on(**kwargs) if on else None
            if on and thing is None:
                raise NotFound
            _allow(policy, principal, thing)
            g.ask_again = lambda: _allow(policy, principal, thing)
            return view(thing) if on else view(**kwargs)

        return _mark(guarded, Access("requires", f"{policy.__module__}.{policy.__name__}"))  # type: ignore[return-value]

    return declare


def by_link(purpose: str, *, on: Load) -> Callable[[V], V]:
    """Whoever holds the link in `<token>` may; the view gets the subject that `on(id)` loads and may read the rest
    of the address. Unknown: 404. Expired or revoked: 410."""

    def declare(view: V) -> V:
        @wraps(view)
        def guarded(token: str, **kwargs: Any) -> Any:
            subject = on(links.subject_of(purpose, token))
            if subject is None:
                raise NotFound
            g.link_token = token
            g.ask_again = lambda: links.subject_of(purpose, token)
            return view(subject, **kwargs)

        return _mark(guarded, Access("by_link", purpose))  # type: ignore[return-value]

    return declare


def act_as_link(person_id: int | None) -> Principal:
    """The principal of a link's holder: a person without an account."""
    return Principal(kind=Kind.LINK, person_id=person_id)


def check_declared(app: Flask) -> None:
    """Stop the start if any endpoint has declared no access."""
    silent = [name for name, view in app.view_functions.items() if declared(view) is None]
    if silent:
        raise RuntimeError(f"endpoints without an access declaration: {', '.join(sorted(silent))}")


def declared(view: Callable[..., Any]) -> Access | None:
    """What a view declared, if it did."""
    access: Access | None = getattr(view, "__access__", None)
    return access


def _mark(view: V, access: Access) -> V:
    view.__access__ = access  # type: ignore[attr-defined]
    return view


def _allow(policy: Policy, principal: Principal, thing: Any) -> None:
    allowed = policy(principal, thing) if thing is not None else policy(principal, None)
    if allowed:
        return
    scope = getattr(thing, "programme_id", None)
    if thing is not None and (scope is None or not principal.knows(scope)):
        raise NotFound
    raise Forbidden


def _to_sign_in() -> Any:
    back = request.full_path.rstrip("?") if request.method == "GET" else "/desk"
    return redirect(url_for("accounts.sign_in", next=back))


def _ask_again() -> None:
    if has_app_context() and (again := g.get("ask_again")):
        again()


store.before_saving.append(_ask_again)
