"""The look-back: the measures of the period beside those that it is compared with."""

from __future__ import annotations

from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Block, Section, Table, Told, Words
from riskloop.bulletin.cells import Book, Change, Kind, Number, Ratio, Sum
from riskloop.bulletin.known import Known
from riskloop.bulletin.sources import Sources
from riskloop.exposure.measures import Measures

COUNTS = ("internal_events", "external_events", "controllable_events")
SCORES = ("internal_score", "external_score", "controllable_score")
RATIOS = {
    "rr": ("events", "volume"),
    "irr": ("internal_events", "volume"),
    "err": ("external_events", "volume"),
    "crr": ("controllable_events", "volume"),
    "rer": ("score", "volume"),
    "irer": ("internal_score", "volume"),
    "erer": ("external_score", "volume"),
    "crer": ("controllable_score", "volume"),
}
DEGREES = {
    "degree": ("score", "events"),
    "ird": ("internal_score", "internal_events"),
    "erd": ("external_score", "external_events"),
    "crd": ("controllable_score", "controllable_events"),
}


def section(of: Sources, book: Book) -> Section:
    for n, key in enumerate(of.keys):
        _count(of, book, n, key)
    shown = ("volume", "events", *COUNTS, *RATIOS, *DEGREES)
    for measure in shown:
        for n, on in enumerate(of.compared, start=1):
            _change(of, book, measure, n, on.key)
    blocks: list[Block] = [_said(of, book, measure, name) for measure, name in _named().items()]
    blocks += [
        _table(of, book, _("Risk events"), ("events", *COUNTS), chart=True),
        _table(of, book, _("Online volume"), ("volume",)),
        *_known(of),
        _table(of, book, _("Measures by volume (per 10,000 items)"), tuple(RATIOS)),
        _table(of, book, _("Risk degree (score by event)"), tuple(DEGREES)),
    ]
    blocks += [Words(text) for text in _taken_in(of)]
    return Section(_("Look-back"), blocks)


def _taken_in(of: Sources) -> list[str]:
    """Whose past is counted in the unit though it came later, and whose is not, for it has left."""
    told: list[str] = []
    for change in of.changes:
        if not change.came:
            said = _("%(name)s (%(number)s) left on %(day)s: its past is counted where it belongs now.")
        elif change.merged:
            said = _("%(name)s (%(number)s) was merged on %(day)s: its past is counted here too.")
        else:
            said = _("%(name)s (%(number)s) has belonged here since %(day)s: its past is counted here too.")
        told.append(said % {"name": change.name, "number": change.unit_id, "day": change.since})
    return told


def _change(of: Sources, book: Book, measure: str, n: int, key: str) -> None:
    """Of numbers of things only whole periods are compared; ratios and degrees always."""
    whole = [o.whole for o in of.volume_known] if measure == "volume" else of.counted
    if measure in {"volume", "events", *COUNTS} and not (whole[0] and whole[n]):
        book.put(f"{measure}.change.{key}", None, Kind.CHANGE)
    else:
        formula = Change(f"{measure}.now", f"{measure}.{key}")
        book.follow(f"{measure}.change.{key}", Kind.CHANGE, formula)


def _known(of: Sources) -> list[Block]:
    """Of which days the volume is known, where that are not all days of a period."""
    told: list[Block] = []
    for name, known in zip(of.named, of.volume_known, strict=True):
        if known.untold:
            said = _(
                "{period}: of {years} no list tells risk events; their numbers are of the rest, and are"
                " neither compared nor divided by what is of the whole."
            )
            told.append(Words(said.format(period=name, years=_(", ").join(map(str, known.untold)))))
    for name, known, measures in zip(of.named, of.volume_known, of.measures, strict=True):
        if not known.whole and measures.volume:
            said = _(
                "{period}: the online volume is known {days}; it is the sum of these days, and numbers are"
                " not compared with those of whole periods."
            )
            if not known.told:
                said = _("{period}: the online volume is known only {days}; what needs it shows a dash.")
            if not known.days:
                said = _(
                    "{period}: of no day the online volume of all units is known; what needs it shows a dash."
                )
            told.append(Words(said.format(period=name, days=days_of(known))))
    if any(known.cut for known in of.volume_known):
        told.append(
            Words(_("A volume that is known only of a longer time is not cut: what needs it shows a dash."))
        )
    return told


def days_of(known: Known) -> str:
    """The days that are known, in words."""
    told = [_("from {first} to {last}").format(first=first, last=last) for first, last in known.days]
    return _(", ").join(told)


def _count(of: Sources, book: Book, n: int, key: str) -> None:
    """The cells of a period, the unit's own figures checked against those of the units below it."""
    whole = of.measures[n]
    book.put(f"volume.{key}", whole.volume if of.volume_known[n].told and whole.volume else None)
    for count in COUNTS:
        parts = [f"{count}.{key}.{unit}" for unit in of.below]
        for part, below in zip(parts, of.below.values(), strict=True):
            book.put(part, getattr(below[n], count))
        book.put(f"{count}.{key}", getattr(whole, count), formula=Sum(parts))
    book.put(f"events.{key}", whole.events, formula=Sum((f"internal_events.{key}", f"external_events.{key}")))
    for score in SCORES:
        book.put(f"{score}.{key}", _scored(whole, score), Kind.SCORE)
    book.put(
        f"score.{key}",
        _scored(whole, "score"),
        Kind.SCORE,
        Sum((f"internal_score.{key}", f"external_score.{key}")),
    )
    for name, (part, by) in RATIOS.items():
        if of.volume_known[n].measures:
            book.follow(f"{name}.{key}", Kind.PER_10000, Ratio(f"{part}.{key}", f"{by}.{key}"))
        else:
            book.put(f"{name}.{key}", None, Kind.PER_10000)
    for name, (part, by) in DEGREES.items():
        book.follow(f"{name}.{key}", Kind.SCORE, Ratio(f"{part}.{key}", f"{by}.{key}"))


def _scored(of: Measures, score: str) -> Number | None:
    """Every event of the loop has a score; events with none at all come from lists that tell no scores."""
    return None if of.events and not of.score else getattr(of, score)


def _said(of: Sources, book: Book, measure: str, name: str) -> Words:
    """One figure with its changes, as a sentence."""
    told = [f"{name} {{{measure}.now}}"]
    told += [f"{on.within} ({{{measure}.{on.key}}}) {{{measure}.change.{on.key}}}" for on in of.compared]
    return Words(book.say(_(", ").join(told)))


def _named() -> dict[str, str]:
    return {name: label for name, label in labels().items() if name in {"events", *COUNTS, "rer"}}


def labels() -> dict[str, str]:
    """What the measures are called."""
    return {
        "volume": _("Online volume"),
        "events": _("Risk events"),
        "internal_events": _("Internal risk events"),
        "external_events": _("External risk events"),
        "controllable_events": _("Controllable risk events"),
        "rr": _("Risk ratio (RR)"),
        "irr": _("Internal risk ratio (IRR)"),
        "err": _("External risk ratio (ERR)"),
        "crr": _("Controllable risk ratio (CRR)"),
        "rer": _("Risk exposure (RER)"),
        "irer": _("Internal risk exposure (IRER)"),
        "erer": _("External risk exposure (ERER)"),
        "crer": _("Controllable risk exposure (CRER)"),
        "degree": _("Risk degree"),
        "ird": _("Internal risk degree (IRD)"),
        "erd": _("External risk degree (ERD)"),
        "crd": _("Controllable risk degree (CRD)"),
    }


def _table(of: Sources, book: Book, title: str, measures: tuple[str, ...], *, chart: bool = False) -> Table:
    columns = [_("Figure"), _("This period")]
    for on in of.compared:
        columns += [on.name, on.change]
    rows: list[list[Told]] = []
    for measure in measures:
        row: list[Told] = [labels()[measure], book[f"{measure}.now"]]
        for on in of.compared:
            row += [book[f"{measure}.{on.key}"], book[f"{measure}.change.{on.key}"]]
        rows.append(row)
    return Table(title, columns, rows, chart=(1, *range(2, len(columns), 2)) if chart else ())
