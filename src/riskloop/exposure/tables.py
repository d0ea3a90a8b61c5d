"""Exposure as tables: units, tellers and businesses with counts and measures. The rows come in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from riskloop.exposure.measures import shown
from riskloop.exposure.peers import Verdict
from riskloop.exposure.report import Compared, Row, Subject
from riskloop.models.labels import code_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PER = 10_000
"""RR is events, and RER score, in so many items of online volume."""
TENTH = Decimal("0.1")

_NUMBER = {"th": {"class": "num"}, "td": {"class": "num"}}
_BOX = (
    '<input type="checkbox" class="form-check-input me-2" form="draw-inspection" name="{}" value="{}"'
    ' aria-label="{}">'
)
_ZERO = '<span class="zero">{}</span>'


def counted(value: int) -> str | SafeString:
    return f"{value:,}" if value else format_html(_ZERO, 0)


def measured(value: Fraction | None, per: int = 1) -> str | SafeString:
    """A measure to two decimals; an undefined one is a dash."""
    if value is None:
        return format_html(_ZERO, "—")
    return f"{shown(value, per):,}" if value else format_html(_ZERO, 0)


def estimated(value: float) -> str:
    """An estimated ratio per 10,000, to two decimals."""
    return f"{value * PER:,.2f}"


def changed(value: Fraction | None) -> str | SafeString:
    """A change as per cent to two decimals, with its sign; a dash where there is nothing to compare with."""
    found = shown(value, 100)
    if found is None:
        return format_html(_ZERO, "—")
    return f"{found:+,} %".replace("-", "\N{MINUS SIGN}") if found else format_html(_ZERO, "0 %")


class _Figure(tables.Column):
    """A number of a row's measures; the first click sorts the largest first."""

    def __init__(self, name: StrOrPromise, accessor: str, **more: Any) -> None:
        super().__init__(
            verbose_name=name,
            accessor=accessor,
            initial_sort_descending=True,
            attrs=_NUMBER,
            empty_values=(),
            **more,
        )


class _Volume(_Figure):
    """The online volume, which leads to what it is made of."""

    def __init__(self) -> None:
        super().__init__(_("Online volume"), "measures__volume")

    def render(self, value: int, **row: Any) -> str | SafeString:
        if row["record"].measures.cut:
            return measured(None)
        return row["table"].linked(row["record"], "exposure_volumes", value)


class _Events(_Figure):
    """A number of events, which leads to them."""

    def __init__(self, name: StrOrPromise, of: str = "") -> None:
        super().__init__(name, f"measures__{of}_events" if of else "measures__events")
        self.of = of

    def render(self, value: int, **row: Any) -> str | SafeString:
        more = {"outcome": self.of} if self.of else {}
        return row["table"].linked(row["record"], "exposure_events", value, more)


class _Ratio(_Figure):
    """A measure."""

    def __init__(self, name: StrOrPromise, measure: str, per: int = 1) -> None:
        super().__init__(name, f"measures__{measure}")
        self.per = per

    def render(self, value: Fraction | None) -> str | SafeString:
        return measured(value, self.per)


class _Estimate(_Figure):
    """A limit or estimate of the risk ratio, an approximate number, per 10,000."""

    def __init__(self, name: StrOrPromise, what: str, **more: Any) -> None:
        super().__init__(name, f"standing__{what}", default=None, **more)

    def render(self, value: float | None) -> str | SafeString:
        return format_html(_ZERO, "—") if value is None else estimated(value)


class _Change(_Figure):
    """The change of a measure on the period before, or on the same a year before. Not sorted by."""

    def __init__(self, name: StrOrPromise, measure: str, on: str) -> None:
        super().__init__(name, "figures", orderable=False)
        self.measure, self.on = measure, on

    def render(self, value: Compared) -> str | SafeString:
        return changed(getattr(value, f"on_{self.on}")(self.measure))


_BEFORE, _YEAR = _("Prev. period"), _("Last year")


class ExposureTable(tables.Table):
    """The columns of all three views; `SHOWN` says which belong to which, under the headings of `GROUPS`."""

    subject = tables.Column(_("Unit"), accessor="key", empty_values=(), orderable=False)
    level = tables.Column(_("Level"), attrs={"td": {"class": "tight"}}, empty_values=(), orderable=False)
    volume = _Volume()
    volume_previous = _Change(_BEFORE, "volume", "previous")
    volume_year = _Change(_YEAR, "volume", "year_before")
    events = _Events(_("Total"))
    internal_events = _Events(_("Internal"), "internal")
    external_events = _Events(_("External"), "external")
    controllable_events = _Events(_("Number"), "controllable")
    events_previous = _Change(_BEFORE, "controllable_events", "previous")
    events_year = _Change(_YEAR, "controllable_events", "year_before")
    rr = _Ratio(_("Total"), "rr", PER)
    irr = _Ratio(_("Internal"), "irr", PER)
    err = _Ratio(_("External"), "err", PER)
    crr = _Ratio(pgettext_lazy("exposure", "Value"), "crr", PER)
    rr_previous = _Change(_BEFORE, "rr", "previous")
    rr_year = _Change(_YEAR, "rr", "year_before")
    crr_previous = _Change(_BEFORE, "crr", "previous")
    crr_year = _Change(_YEAR, "crr", "year_before")
    degree = _Ratio(_("Total"), "degree")
    ird = _Ratio(_("Internal"), "ird")
    erd = _Ratio(_("External"), "erd")
    crd = _Ratio(pgettext_lazy("exposure", "Value"), "crd")
    degree_previous = _Change(_BEFORE, "degree", "previous")
    degree_year = _Change(_YEAR, "degree", "year_before")
    crd_previous = _Change(_BEFORE, "crd", "previous")
    crd_year = _Change(_YEAR, "crd", "year_before")
    rer = _Ratio(_("Total"), "rer", PER)
    irer = _Ratio(_("Internal"), "irer", PER)
    erer = _Ratio(_("External"), "erer", PER)
    crer = _Ratio(pgettext_lazy("exposure", "Value"), "crer", PER)
    rer_previous = _Change(_BEFORE, "rer", "previous")
    rer_year = _Change(_YEAR, "rer", "year_before")
    crer_previous = _Change(_BEFORE, "crer", "previous")
    crer_year = _Change(_YEAR, "crer", "year_before")

    estimate = _Estimate(_("Estimate"), "estimate")
    low = _Estimate(_("From"), "low", orderable=False)
    high = _Estimate(_("To"), "high", orderable=False)
    own_share = _Figure(_("Own share"), "standing__own", orderable=False)
    verdict = tables.Column(
        _("Beside its peers"), accessor="standing__verdict", empty_values=(), orderable=False
    )

    hx_target = "#exposure"

    class Meta:
        attrs: ClassVar = {"class": "table table-hover card-table exposure"}
        template_name = "exposure/table.html"
        order_by = ("-rer",)

    def __init__(
        self, rows: Sequence[Row], subject: Subject, view: str, links: Mapping[str, str], **more: Any
    ) -> None:
        """`links`: what an address carries on: the unit, the period, the columns; `by` names the list.

        `boxes`: by what name rows are ticked for a sample; "": not at all.
        """
        self.boxes: str = more.pop("boxes", "")
        names = [name for name, _of in _FIXED[subject]] + [n for _h, some in SHOWN[view] for n in some]
        hidden = [name for name in self.base_columns if name not in names]  # pyright: ignore[reportAttributeAccessIssue]
        super().__init__(rows, exclude=hidden, sequence=names, **more)
        self.of, self.links = subject, dict(links)
        for name, heading in _FIXED[subject]:
            self.columns[name].column.verbose_name = heading
        if view == "peers":
            self.columns["events"].column.verbose_name = _("Events")
            self.columns["rr"].column.verbose_name = _("Raw")
        self.groups = [(len(_FIXED[subject]), ""), *((len(some), heading) for heading, some in SHOWN[view])]

    @property
    def paginated_rows(self) -> Any:
        """All rows: those of other pages are not here. `page` and `paginator` are for the pager alone."""
        return self.rows

    def render_subject(self, record: Row) -> SafeString:
        # Units that the bank does not know are no part of the list.
        can = self.boxes and (record.subject is not Subject.UNIT or record.own or record.name)
        box = format_html(_BOX, self.boxes, record.key, record.name or record.key) if can else ""
        return format_html("{}{}", box, self._named(record))

    def _named(self, record: Row) -> SafeString:
        if record.subject is Subject.UNIT:
            return self._unit(record)
        if record.subject is Subject.BUSINESS:
            code = record.key or _("without an entry")
            return format_html('<span class="{}">{}</span>', "code" if record.key else "muted", code)
        return format_html('{} <span class="code muted">{}</span>', record.name, record.key)

    def _unit(self, record: Row) -> SafeString:
        number = format_html('<span class="code muted">{}</span>', record.key)
        if record.own:
            return format_html('<span class="muted">{}</span> {}', _("its own"), number)
        if not record.name:
            return format_html("{} {}", _("not known to the bank"), number)
        url = self.url("exposure", {"unit": record.key})
        return format_html('<a href="{}">{}</a> {}', url, record.name, number)

    def render_level(self, record: Row) -> str:
        if record.subject is Subject.TELLER:
            return record.unit_name or "—"
        level = record.level
        return code_name("level", level).in_language(get_language()) if level else "—"

    def render_own_share(self, record: Row) -> str | SafeString:
        own = record.standing.own if record.standing else None
        return format_html(_ZERO, "—") if own is None else f"{own * 100:.0f} %"

    def render_verdict(self, record: Row) -> str | SafeString:
        """Only what the interval says; words for the rest."""
        standing = record.standing
        if standing is None or standing.estimate is None:
            return format_html(_ZERO, "—")
        told = standing.verdict in {Verdict.HIGHER, Verdict.LOWER}
        return format_html(
            '<span class="{}">{}</span>', "told" if told else "muted", VERDICTS[standing.verdict]
        )

    def url(self, view: str, more: Mapping[str, str]) -> str:
        return f"{reverse(view)}?{urlencode(self.links | dict(more))}"

    def linked(
        self, record: Row, view: str, value: int, more: Mapping[str, str] | None = None
    ) -> str | SafeString:
        """A number that leads to what is behind it."""
        where = {
            Subject.UNIT: {"unit": record.key} | ({"own": "1"} if record.own else {}),
            Subject.TELLER: {"teller": record.key},
            Subject.BUSINESS: {"business": record.key},
        }[record.subject]
        nowhere = record.subject is Subject.UNIT and not (record.name or record.own)
        if not value or nowhere:
            return counted(value)
        return format_html('<a href="{}">{}</a>', self.url(view, where | dict(more or {})), counted(value))


VERDICTS: Mapping[Verdict, StrOrPromise] = {
    Verdict.HIGHER: _("higher than its peers"),
    Verdict.LOWER: _("lower than its peers"),
    Verdict.UNTOLD: _("cannot be told apart"),
    Verdict.FEW: _("too few peers"),
}
_FIXED: Mapping[Subject, tuple[tuple[str, StrOrPromise], ...]] = {
    Subject.UNIT: (("subject", _("Unit")), ("level", _("Level"))),
    Subject.TELLER: (("subject", _("Teller")), ("level", _("Unit"))),
    Subject.BUSINESS: (("subject", _("Business (transaction code)")),),
}
SHOWN: Mapping[str, tuple[tuple[StrOrPromise, tuple[str, ...]], ...]] = {
    "compared": (
        ("", ("volume", "volume_previous", "volume_year")),
        ("", ("events",)),
        (_("Risk ratio (RR), per 10,000"), ("rr", "rr_previous", "rr_year")),
        (_("Risk degree"), ("degree", "degree_previous", "degree_year")),
        (_("Exposure (RER), per 10,000"), ("rer", "rer_previous", "rer_year")),
    ),
    "nine": (
        ("", ("volume",)),
        (_("Events"), ("internal_events", "external_events")),
        (_("Risk ratio (RR), per 10,000"), ("rr", "irr", "err")),
        (_("Risk degree"), ("degree", "ird", "erd")),
        (_("Exposure (RER), per 10,000"), ("rer", "irer", "erer")),
    ),
    "controllable": (
        ("", ("volume",)),
        (_("Controllable events"), ("controllable_events", "events_previous", "events_year")),
        (_("Controllable risk ratio, per 10,000"), ("crr", "crr_previous", "crr_year")),
        (_("Controllable risk degree"), ("crd", "crd_previous", "crd_year")),
        (_("Controllable exposure, per 10,000"), ("crer", "crer_previous", "crer_year")),
    ),
    "peers": (
        ("", ("volume", "events")),
        (_("Risk ratio (RR), per 10,000"), ("rr", "estimate")),
        (_("With 95 % within"), ("low", "high")),
        ("", ("own_share", "verdict")),
    ),
}
"""By view the groups of columns."""
