"""The operations of bulletins: a bulletin as data with all its figures, and as a file."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from riskloop.bulletin import blocks
from riskloop.bulletin.asked import BulletinForm
from riskloop.bulletin.cells import Cell
from riskloop.bulletin.handing_out import MEDIA_TYPES, Form, bulletin_for, handed_out
from riskloop.exposure.api import Exact
from riskloop.organisation.functions import EXPORT, READ_EXPOSURE
from riskloop.organisation.operations import Operations, Words, require_valid, signed_in

router = Operations(tags=["bulletins"])


class BulletinQuery(Schema):
    """Of which unit, and of which period: as `2024`, `2024-H1`, `2024-Q1`, `2024-03`, or from `first` to
    `last`, both included; without any the month of the newest volume. Without `unit` the highest in reach.
    """

    unit: str = ""
    period: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


class BulletinFileQuery(BulletinQuery):
    """Also in which form the file is wanted, and why."""

    form: Form = Form.WORD
    why: Words


class BulletinFactOut(Schema):
    """What the bulletin is of and how it was made, one thing of it."""

    name: str
    text: str


class BulletinPlaceOut(Schema):
    """A place in a table: its text, and the figure that it shows, by name; null where it is none."""

    text: str
    figure: str | None


class BulletinTableOut(Schema):
    """Rows under headings. `total`: the last row is the sum of the others."""

    kind: Literal["table"]
    title: str
    columns: list[str]
    rows: list[list[BulletinPlaceOut]]
    total: bool


class BulletinWordsOut(Schema):
    """A sentence; what numbers it states stand among the figures."""

    kind: Literal["words"]
    text: str


class BulletinSectionOut(Schema):
    """A section of the bulletin: its sentences and tables in order."""

    title: str
    blocks: list[BulletinTableOut | BulletinWordsOut]


class BulletinFigureOut(Schema):
    """A figure by name: its exact value (null: not known, or undefined), as it is shown, and of which others
    it was made, where it was. `kind` is `count`, `score`, `share`, `change` or `per_10000`.
    """

    name: str
    kind: str
    value: Exact | None
    text: str
    formula: str | None


class BulletinOut(Schema):
    """A bulletin: what it says in sections, and every figure of it."""

    unit_id: str
    first: dt.date
    last: dt.date
    language: str
    title: str
    about: str
    facts: list[BulletinFactOut]
    sections: list[BulletinSectionOut]
    figures: list[BulletinFigureOut]


@router.reads("/bulletin", READ_EXPOSURE, answers=BulletinOut, refuses=True)
def get_bulletin(request: HttpRequest, query: Query[BulletinQuery]) -> BulletinOut:
    """The bulletin of a unit with all below it and of a period, in the language asked for, with every figure
    as an exact fraction. Single events only for those whose roles read events.
    """
    asked = _asked(request, query)
    found = bulletin_for(asked)
    return BulletinOut(
        unit_id=asked.cleaned_data["unit"],
        first=asked.period.first,
        last=asked.period.last,
        language=found.language,
        title=found.title,
        about=found.about,
        facts=[BulletinFactOut(name=name, text=text) for name, text in found.facts],
        sections=[
            BulletinSectionOut(title=section.title, blocks=[_block(block) for block in section.blocks])
            for section in found.sections
        ],
        figures=[_figure(cell) for cell in found.book],
    )


@router.hands_out("/bulletin/file", EXPORT, media_types=list(MEDIA_TYPES.values()))
def get_bulletin_file(request: HttpRequest, query: Query[BulletinFileQuery]) -> HttpResponse:
    """The bulletin as a page to print, a Word or an Excel file. Takes also the function exposure.read; why it
    is needed and its hash are written down among the looks at personal data.
    """
    return handed_out(_asked(request, query), query.form, query.why)


def _asked(request: HttpRequest, query: BulletinQuery) -> BulletinForm:
    given = query.dict(include={"unit", "period", "first", "last"}, exclude_none=True)
    form = BulletinForm({name: str(value) for name, value in given.items()}, signed_in(request))
    require_valid(form)
    return form


def _block(block: blocks.Block) -> BulletinTableOut | BulletinWordsOut:
    if isinstance(block, blocks.Words):
        return BulletinWordsOut(kind="words", text=block.text)
    rows = [
        [
            BulletinPlaceOut(text=str(told), figure=told.name if isinstance(told, Cell) else None)
            for told in row
        ]
        for row in block.rows
    ]
    return BulletinTableOut(
        kind="table", title=block.title, columns=list(block.columns), rows=rows, total=block.total
    )


def _figure(cell: Cell) -> BulletinFigureOut:
    exact = None if cell.value is None else Fraction(cell.value)
    return BulletinFigureOut(
        name=cell.name,
        kind=cell.kind.value,
        value=None if exact is None else Exact(numerator=exact.numerator, denominator=exact.denominator),
        text=str(cell),
        formula=None if cell.formula is None else str(cell.formula),
    )
