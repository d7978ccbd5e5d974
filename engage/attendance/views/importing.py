"""A list from a file: taken in, its columns said, every row's fate looked at, then made, stopped, or undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import NoFieldsForm, importing
from engage.attendance.forms.exports import EXPORTS, TARGETS
from engage.attendance.forms.importing import StartForm, UploadForm, fate_words
from engage.attendance.forms.reading import read_rows
from engage.attendance.models import Fate, Import, ImportMapping, ImportRow, ImportState, Makes
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core.access import current_principal, requires
from engage.core.columns import proposed, recognised, signature
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.files import Line, read_table, read_text
from engage.core.files.tables import MAX_BYTES
from engage.core.pages import Page, Place, Question, ask, csv_response, page_number
from engage.core.text import _, excerpt, ngettext
from engage.core.text.instants import Order, has_order, orders
from engage.events import queries as events
from engage.events.models import Event

UNPROCESSABLE = 422
REQUEST = MAX_BYTES + 1_000_000
DOUBTFUL = "doubtful"
PAGE = 100
DATE = "registered_at"
LISTS = {Makes.INVITEES: "invitations", Makes.REGISTRANTS: "registrations"}


def import_url(import_: Import) -> str:
    """The address of an import's page."""
    return f"{base(import_.event)}/import/{import_.key}"


def _state(import_: Import) -> dict[str, object]:
    return {
        "words": importing.STATE_WORDS[import_.state],
        "tone": importing.STATE_TONES.get(import_.state, "rest"),
    }


@bp.route("/manage/events/<slug:event>/import", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def import_list(event: Event) -> ResponseReturnValue:
    """A file, or a pasted list; and those that were taken before."""
    request.max_content_length = request.max_form_memory_size = REQUEST
    form = UploadForm(data={"makes": request.args.get("as")} if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            sheet = read_table(form.file.data.read()) if form.file.data else read_text(form.people.data)
            with saving():
                made = service.take_in(
                    event,
                    sheet=sheet,
                    signature=signature(sheet.headings),
                    makes=form.makes.data,
                    filename=form.file.data.filename if form.file.data else "",
                    by=current_principal(),
                )
                url = f"{import_url(made)}/columns"
            return redirect(url, 303)
        except RuleBroken as no:
            form.attach(RuleBroken(no.message, field="file" if form.file.data else "people"))
    lines = [
        {"import": one, "made": many, "state": _state(one), "url": f"{base(event)}/import/{one.key}"}
        for one, many in queries.imports_of(event)
    ]
    page = staff_page("import_list", event, form=form, lines=lines, url=f"{base(event)}/{LISTS[Makes.INVITEES]}")
    return page, UNPROCESSABLE if form.has_errors else 200


@bp.get("/manage/events/<slug:event>/invitations/import")
@bp.get("/manage/events/<slug:event>/invitations/paste")
@requires(policy.may_invite, on=events.by_slug)
def import_invitations(event: Event) -> ResponseReturnValue:
    """Where lists of invitees were taken in before."""
    return redirect(f"{base(event)}/import?as={Makes.INVITEES.value}", 308)


# --- what the columns hold ------------------------------------------------------------------------------------


@bp.route("/manage/events/<slug:event>/import/<key:key>/columns", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.import_at)
def import_columns(import_: Import) -> ResponseReturnValue:
    """What each column holds: proposed, to be said by staff."""
    if import_.state not in (ImportState.UPLOADED, ImportState.PREVIEWED):
        return redirect(import_url(import_), 303)
    headings = [str(heading) for heading in import_.headings]
    held = [[*cells] for cells in zip(*(row.cells or () for row in queries.samples(import_)), strict=True)]
    known = queries.mapping_of(import_.programme_id, import_.signature)
    export = recognised(headings, EXPORTS)
    if request.method == "POST":
        form = importing.columns_form(headings)
        if form.validate() and (done := _prepared(import_, form)):
            return done
    else:
        guessed = proposed(headings, TARGETS, export, held)
        form = importing.columns_form(headings, data=_proposed(import_, known, guessed))
    page = staff_page(
        "import_columns",
        import_.event,
        import_=import_,
        form=form,
        columns=[
            {"heading": heading, "samples": _two(held[at]), "field": form[f"column_{at}"]}
            for at, heading in enumerate(headings)
        ],
        asks_order=form.date_order.errors or any(has_order(cells) and len(orders(cells)) != 1 for cells in held),
        export=export.label if export else "",
        remembered=known is not None,
        url=import_url(import_),
    )
    return page, UNPROCESSABLE if form.has_errors else 200


def _proposed(import_: Import, known: ImportMapping | None, guessed: Sequence[str]) -> dict[str, Any]:
    """What the form begins with: as it was said of this file, else of the last such one, else by its headings."""
    columns = import_.columns or (known.columns if known else guessed)
    order = import_.date_order or (known.date_order if known else "")
    return {
        **{f"column_{at}": key for at, key in enumerate(columns)},
        "date_order": order or None,
        "with_cancelled": import_.with_cancelled,
    }


def _two(cells: Sequence[str]) -> list[str]:
    """Two things that a column holds, to know it by."""
    return [excerpt(cell, 60) for cell in list(dict.fromkeys(cell for cell in cells if cell))[:2]]


def _prepared(import_: Import, form: Any) -> ResponseReturnValue | None:
    """Judge every row by what was said of the columns. None where the form says why not."""
    columns = importing.chosen_columns(form, len(import_.headings))
    rows = queries.rows_of(import_)
    dates = [str(cell) for row in rows for key, cell in zip(columns, row.cells or [], strict=False) if key == DATE]
    order = _order(form, dates)
    if form.has_errors or order is None:
        return None
    lines = [
        Line(number=row.number, cells=tuple(row.cells or ()), problem=row.problem, doubt=row.doubt) for row in rows
    ]
    cancelled = form.with_cancelled.data
    said = read_rows(lines, columns=columns, order=order, zone=import_.event.zone, with_cancelled=cancelled)
    reading = service.Reading(
        columns=columns, date_order=order.value if has_order(dates) else "", with_cancelled=cancelled
    )
    try:
        with saving():
            service.prepare_import(import_, reading=reading, said=said, by=current_principal())
            url = import_url(import_)
    except RuleBroken as no:
        form.attach(no)
        return None
    return redirect(url, 303)


def _order(form: Any, dates: Sequence[str]) -> Order | None:
    """The order of the dates' numbers: what only fits, else what was said; never guessed."""
    possible = orders(dates)
    if not has_order(dates) or len(possible) == 1:
        return next(iter(possible), Order.DAY)
    if form.date_order.data is None:
        form.date_order.errors = [_("Say whether the day or the month comes first: these dates can be read both ways")]
    said: Order | None = form.date_order.data
    return said


# --- what becomes of each row ---------------------------------------------------------------------------------


@bp.route("/manage/events/<slug:event>/import/<key:key>", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.import_at)
def import_rows(import_: Import) -> ResponseReturnValue:
    """Every row with its fate, before and after; started from here."""
    if import_.state is ImportState.UPLOADED:
        return redirect(f"{import_url(import_)}/columns", 303)
    form = StartForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.start_import(import_, override_reason=form.override_reason.data or "", by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            return redirect(import_url(import_), 303)
    page = _rows_page(import_, form)
    return page, UNPROCESSABLE if form.has_errors else 200


def _rows_page(import_: Import, form: StartForm) -> str:
    narrowed = request.args.get("fate", "")
    narrowing = _narrowing(narrowed)
    number = page_number(request.args.get("page"))
    rows = Page(
        items=queries.rows_of(import_, **narrowing, limit=PAGE, offset=Page.offset(number, PAGE)),
        number=number,
        total=queries.count_rows(import_, **narrowing),
        size=PAGE,
    )
    fates = queries.fates(import_)
    url = import_url(import_)
    return staff_page(
        "import_rows",
        import_.event,
        import_=import_,
        form=form,
        plain=NoFieldsForm(formdata=None),
        rows=rows,
        lines=[_line(row) for row in rows.items],
        fates=fates,
        made_words=_made_words(import_, fates),
        filters=_filters(import_, fates, narrowed),
        state=_state(import_),
        page_url=lambda n: f"{url}?fate={narrowed}&page={n}" if narrowing else f"{url}?page={n}",
        url=url,
        untold=queries.count_untold(import_) if import_.state is ImportState.DONE else 0,
        list_url=f"{base(import_.event)}/{LISTS[import_.makes]}",
    )


def _narrowing(asked: str) -> dict[str, Any]:
    if asked == DOUBTFUL:
        return {"doubtful": True}
    return {"fate": Fate(asked)} if asked in {fate.value for fate in Fate} else {}


def _line(row: ImportRow) -> dict[str, Any]:
    """A row as the page shows it."""
    return {
        "row": row,
        "words": fate_words(row.fate, settled=row.settled) if row.fate else "",
        "tone": importing.FATE_TONES.get(row.fate, "done") if row.fate else "rest",
    }


def _filters(import_: Import, fates: queries.Fates, narrowed: str) -> list[dict[str, Any]]:
    """One to each fate that any row has."""
    url = import_url(import_)
    settled = import_.state not in (ImportState.PREVIEWED, ImportState.RUNNING)
    shown = [
        {
            "href": f"{url}?fate={fate}",
            "text": fate_words(fate, settled=settled),
            "count": many,
            "here": narrowed == fate,
        }
        for fate in Fate
        if (many := fates.counts.get(fate, 0))
    ]
    if doubtful := queries.count_rows(import_, doubtful=True):
        here = narrowed == DOUBTFUL
        shown.append({"href": f"{url}?fate={DOUBTFUL}", "text": _("To look at"), "count": doubtful, "here": here})
    everything = {"href": url, "text": _("All rows"), "count": fates.total, "here": not _narrowing(narrowed)}
    return [everything, *shown]


def _made_words(import_: Import, fates: queries.Fates) -> str:
    """What starting it makes, for the button."""
    if import_.makes is Makes.INVITEES:
        return ngettext("Put %(num)d person on the list", "Put %(num)d people on the list", fates.making)
    return ngettext("Register %(num)d person", "Register %(num)d people", fates.making)


@bp.get("/manage/events/<slug:event>/import/<key:key>/rows.csv")
@requires(policy.may_invite, on=queries.import_at)
def import_csv(import_: Import) -> ResponseReturnValue:
    """Every row with its fate, as a file."""
    headings = [
        _("Row"), _("Name"), _("E-mail"), _("Role"), _("Organisation"), _("Kind of ticket"), _("What becomes of it"),
        _("Why"),
    ]  # fmt: skip

    def rows() -> Iterator[list[object]]:
        for row in queries.rows_of(import_):
            words = fate_words(row.fate, settled=row.settled) if row.fate else ""
            yield [row.number, row.name, row.email, row.role, row.organisation, row.ticket, words, row.why]

    return csv_response(f"{import_.event.slug}-import.csv", headings, rows())


# --- acts -----------------------------------------------------------------------------------------------------


@bp.post("/manage/events/<slug:event>/import/<key:key>/stop")
@requires(policy.may_invite, on=queries.import_at)
def stop_import(import_: Import) -> ResponseReturnValue:
    """Let the worker go no further."""
    return _act(import_, service.stop_import)


@bp.post("/manage/events/<slug:event>/import/<key:key>/go-on")
@requires(policy.may_invite, on=queries.import_at)
def go_on_importing(import_: Import) -> ResponseReturnValue:
    """Take it up where it was left."""
    return _act(import_, service.go_on_importing)


def _act(import_: Import, verb: Callable[..., Import]) -> ResponseReturnValue:
    form = NoFieldsForm()
    url = import_url(import_)
    if form.validate():
        try:
            with saving():
                verb(import_, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "note")
    return redirect(url, 303)


@bp.route("/manage/events/<slug:event>/import/<key:key>/discard", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.import_at)
def discard_import(import_: Import) -> ResponseReturnValue:
    """Throw a file away of which nothing was made."""
    event = import_.event
    question = Question(
        title=_("Throw the list away"),
        lede=_("Nothing was made of it, and nobody was told anything."),
        button=_("Throw it away"),
        done=_("The list is thrown away."),
        form=NoFieldsForm(),
        act=lambda _form: service.discard_import(import_, by=current_principal()),
        changes=(_("What its rows say is deleted at once."),),
        dangerous=True,
    )
    return ask(question, place=Place(href=f"{base(event)}/import", name=event.title, section="events"))


@bp.route("/manage/events/<slug:event>/import/<key:key>/tell", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.import_at)
def tell_imported(import_: Import) -> ResponseReturnValue:
    """Write to those whom it registered."""
    event = import_.event
    untold = queries.count_untold(import_)
    told = ngettext("%(num)d person gets one mail", "%(num)d people get one mail each", untold)
    question = Question(
        title=_("Tell those whom the import registered"),
        lede=_("Each is told of the place, or of the place in the line, with the link to the booking."),
        button=_("Tell them"),
        done=_("They are being told."),
        form=NoFieldsForm(),
        act=lambda _form: service.tell_imported(import_, by=current_principal()),
        changes=(told, _("Whoever was told stays registered when the import is undone.")),
    )
    return ask(question, place=Place(href=import_url(import_), name=event.title, section="events"))


@bp.route("/manage/events/<slug:event>/import/<key:key>/undo", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.import_at)
def undo_import(import_: Import) -> ResponseReturnValue:
    """Take back what it made and nobody touched since."""
    event = import_.event
    untouched, touched = queries.untouched_of(import_)
    what = ngettext("%(num)d draft invitation is withdrawn", "%(num)d draft invitations are withdrawn", untouched)
    if import_.makes is Makes.REGISTRANTS:
        what = ngettext("%(num)d booking is cancelled", "%(num)d bookings are cancelled", untouched)
    kept = ngettext(
        "%(num)d stays: it was sent, answered, changed or checked in since",
        "%(num)d stay: they were sent, answered, changed or checked in since",
        touched,
    )
    question = Question(
        title=_("Undo the import"),
        lede=_("All that it made and nobody has touched since is taken back, in one act. Nobody is written to."),
        button=_("Undo the import"),
        done=_("The import is being undone."),
        form=NoFieldsForm(),
        act=lambda _form: service.undo_import(import_, by=current_principal()),
        changes=(
            what,
            *([kept] if touched else []),
            _("People whom it made known, and of whom nothing else tells, are removed."),
        ),
        dangerous=True,
    )
    return ask(question, place=Place(href=import_url(import_), name=event.title, section="events"))
