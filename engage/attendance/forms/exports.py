"""Which columns are known: of our own lists, of Indico, pretix, pretalx and Eventbrite, and what each fills."""

from __future__ import annotations

from collections.abc import Sequence

from engage.core.columns import Export, Target
from engage.core.text import _l


def _named(*headings: str) -> frozenset[str]:
    return frozenset(headings)


TARGETS: Sequence[Target] = (
    Target(
        key="name",
        label=_l("Name"),
        headings=_named("name", "full name", "attendee name", "attendee", "participant", "delegate", "speaker name",
                        "registrant", "contact", "person"),
    ),
    Target(
        key="given",
        label=_l("Given name"),
        headings=_named("first name", "given name", "given names", "forename", "firstname", "attendee first name"),
    ),
    Target(
        key="family",
        label=_l("Family name"),
        headings=_named("last name", "family name", "surname", "lastname", "attendee last name", "attendee surname"),
    ),
    Target(
        key="email",
        label=_l("E-mail address"),
        headings=_named("email", "email address", "mail", "emails", "email addresses", "attendee email",
                        "attendee email address", "address email", "work email"),
    ),
    Target(key="email_else", label=_l("Second e-mail address")),
    Target(
        key="role",
        label=_l("Role"),
        headings=_named("role", "job title", "position", "job", "title role", "function"),
    ),
    Target(
        key="organisation",
        label=_l("Organisation"),
        headings=_named("organisation", "organization", "body", "affiliation", "company", "employer", "institution",
                        "institute", "company organisation"),
    ),
    Target(
        key="ticket",
        label=_l("Kind of ticket"),
        headings=_named("ticket", "ticket type", "ticket kind", "product", "item", "registration type"),
        single=False,
    ),
    Target(
        key="state",
        label=_l("State or answer"),
        headings=_named("state", "status", "answer", "registration state", "attendee status", "order status",
                        "registration status", "reply"),
        single=False,
    ),
    Target(
        key="registered_at",
        label=_l("Registered on"),
        headings=_named("registered", "registered at", "registered on", "registration date", "order date", "date"),
        single=False,
    ),
)  # fmt: skip

EXPORTS: Sequence[Export] = (
    Export(
        key="indico",
        label="Indico",
        needs=_named("id", "name", "email address"),
        columns={"registration date": "registered_at", "registration state": "state", "affiliation": "organisation",
                 "position": "role"},
    ),
    Export(
        key="pretix",
        label="pretix",
        needs=_named("order code", "position id", "attendee email"),
        columns={"attendee name: given name": "given", "attendee name: family name": "family", "email": "email_else",
                 "attendee email": "email", "product": "ticket", "variation": "ticket", "order date": "registered_at",
                 "order time": "registered_at", "status": "state"},
    ),
    Export(
        key="pretix",
        label="pretix",
        needs=_named("order code", "attendee name", "checked in"),
        columns={"attendee name: given name": "given", "attendee name: family name": "family", "email": "email",
                 "product": "ticket", "order date": "registered_at"},
    ),
    Export(
        key="pretix",
        label="pretix",
        needs=_named("order code", "email", "order date"),
        columns={"invoice address name": "name", "name": "name", "order date": "registered_at",
                 "order time": "registered_at", "status": "state"},
    ),
    Export(
        key="pretalx",
        label="pretalx",
        needs=_named("proposal title", "speaker names"),
        columns={"speaker names": "name", "state": "state", "session type": "ticket"},
    ),
    Export(key="pretalx", label="pretalx", needs=_named("name", "email", "proposal ids")),
    Export(key="pretalx", label="pretalx", needs=_named("name", "email", "confirmed")),
    Export(
        key="eventbrite",
        label="Eventbrite",
        needs=_named("order #", "first name", "email"),
        columns={"order date": "registered_at", "company": "organisation"},
    ),
    Export(
        key="eventbrite",
        label="Eventbrite",
        needs=_named("order id", "attendee status"),
        columns={"buyer email": "email_else", "order date": "registered_at"},
    ),
    Export(key="eventbrite", label="Eventbrite", needs=_named("order no", "surname", "email")),
)  # fmt: skip
"""The first whose telling headings are all there is meant; the headings are folded (engage.core.columns.fold)."""
