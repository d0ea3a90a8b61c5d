"""The bulletin (运营简报) of a unit and a period: its sections, each figure a cell.

    with translation.override("zh-hans"):
        bulletin = bulletin_of("0000", parse("2019"))

The sections are those of the bulletins of banks, as far as there are data: risk tips, look-back, operation
review, drivers, rankings, cases. Work notes are nobody's data, and are left out.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bulletin import drivers, lookback, rankings, review, tips
from riskloop.bulletin.blocks import Bulletin
from riskloop.bulletin.cells import Book
from riskloop.bulletin.scope import Scope, scope_of
from riskloop.bulletin.sources import Sources
from riskloop.exposure.periods import Period


def bulletin_of(unit_id: str, period: Period) -> Bulletin:
    """The report in the language that is active, every figure of it checked.

    Raises:
        BadInput: nothing knows the unit.
        DoesNotFollow: a figure is not what its parts make of it; nothing of the report is handed out.
    """
    return made(scope_of(unit_id), period)


def made(scope: Scope, period: Period) -> Bulletin:
    """The same of what a reader may read of the unit (`asked`)."""
    of = Sources.read(scope, period)
    book = Book()
    looked_back = lookback.section(of, book)
    sections = [
        looked_back,
        review.section(of, book),
        drivers.section(of, book),
        *rankings.sections(of, book),
        review.case_section(of, book),
    ]
    sections.insert(0, tips.section(of, book))
    book.check()
    unit_id = scope.unit_id
    name = of.names.get(unit_id, unit_id)
    facts = [
        (_("Unit"), name if name == unit_id else f"{name} ({unit_id})"),
        (_("Period"), f"{period.first} – {period.last}"),
        *((on.name, f"{on.period.first} – {on.period.last}") for on in of.compared),
        (_("Made"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
    ]
    return Bulletin(
        _("Operation bulletin"), f"{name} · {period}", facts, sections, book, get_language() or "en"
    )
