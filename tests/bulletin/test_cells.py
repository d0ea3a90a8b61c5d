"""Figures that follow from each other, and those that do not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from riskloop.bulletin.cells import Book, Change, DoesNotFollow, Kind, Ratio, Sum


def book() -> Book:
    made = Book()
    made.put("internal", 86)
    made.put("external", 1601)
    return made


def test_a_total_that_does_not_follow_names_its_cells() -> None:
    made = book()
    made.put("events", 1688, formula=Sum(("internal", "external")))
    with pytest.raises(DoesNotFollow, match=r"events is 1688, and internal \+ external is 1687"):
        made.check()


def test_a_change_that_was_copied_is_found_out() -> None:
    made = book()
    made.put("before", 2387)
    made.put("change", Fraction(-3726, 10000), Kind.CHANGE, Change("external", "before"))
    with pytest.raises(DoesNotFollow, match="change is -1863/5000"):
        made.check()


def test_what_follows_passes() -> None:
    made = book()
    made.put("events", 1687, formula=Sum(("internal", "external")))
    made.follow("share", Kind.SHARE, Ratio("internal", "events"))
    made.check()
    assert made["share"].value == Fraction(86, 1687)
    assert str(made["share"]) == "5.10 %"


def test_a_sentence_takes_its_numbers_from_cells() -> None:
    assert book().say("{internal} events in {unit}", unit="B1") == "86 events in B1"
    with pytest.raises(ValueError, match="in no cell"):
        book().say("86 events")
    with pytest.raises(KeyError):
        book().say("{all} events")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.COUNT, "—"),
        (1234567, Kind.COUNT, "1,234,567"),
        (Fraction(-1, 3), Kind.CHANGE, "−33.33 %"),
        (Fraction(1, 3), Kind.CHANGE, "+33.33 %"),
        (Fraction(0), Kind.CHANGE, "0.00 %"),
        (Fraction(3, 20_000), Kind.PER_10000, "1.50"),
    ],
)
def test_how_a_cell_is_read(value: Fraction | int | None, kind: Kind, text: str) -> None:
    assert str(Book().put("a", value, kind)) == text


def test_what_is_not_known_makes_a_sum_unknown() -> None:
    made = book()
    made.put("lost", None)
    assert made.follow("all", Kind.COUNT, Sum(("internal", "lost"))).value is None
    assert made.follow("ratio", Kind.SHARE, Ratio("internal", "lost")).value is None
