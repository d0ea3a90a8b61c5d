"""The nine measures: definitions, what is undefined, and the identities among them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskloop.exposure.measures import Measures, change, explained, shown

SCORES = st.fractions(min_value=0, max_value=10_000, max_denominator=100)
COUNTS = st.integers(0, 10**9)


def _consistent(volume: int, internal: int, external: int, i: Fraction, e: Fraction) -> Measures:
    """Measures of a real bank: without events there is no score."""
    return Measures(
        volume, internal, external, i if internal else Fraction(0), e if external else Fraction(0)
    )


MEASURES = st.builds(_consistent, COUNTS, COUNTS, COUNTS, SCORES, SCORES)


def test_a_worked_example() -> None:
    m = Measures(20_000, 2, 3, Fraction(10), Fraction(5))
    assert (m.events, m.score) == (5, 15)
    assert (m.rr, m.irr, m.err) == (Fraction(5, 20_000), Fraction(2, 20_000), Fraction(3, 20_000))
    assert (m.degree, m.ird, m.erd) == (3, 5, Fraction(5, 3))
    assert (m.rer, m.irer, m.erer) == (Fraction(15, 20_000), Fraction(10, 20_000), Fraction(5, 20_000))


def test_without_volume_ratios_are_undefined_and_degrees_are_not() -> None:
    m = Measures(0, 1, 0, Fraction(3))
    assert (m.rr, m.irr, m.err, m.rer, m.irer, m.erer) == (None,) * 6
    assert (m.degree, m.ird) == (3, 3)


def test_without_events_the_ratio_is_0_and_the_degree_undefined() -> None:
    m = Measures(100)
    assert (m.rr, m.rer) == (0, 0)
    assert (m.degree, m.ird, m.erd) == (None, None, None)


def test_one_kind_of_event_leaves_the_other_degree_undefined() -> None:
    m = Measures(100, 0, 2, Fraction(0), Fraction(4))
    assert (m.degree, m.ird, m.erd) == (2, None, 2)


@given(MEASURES)
def test_internal_and_external_make_up_the_whole(m: Measures) -> None:
    if m.volume:
        assert m.rr == (m.irr or 0) + (m.err or 0)
        assert m.rer == (m.irer or 0) + (m.erer or 0)
    else:
        assert m.rr is m.rer is None


@given(MEASURES)
def test_exposure_is_ratio_times_degree(m: Measures) -> None:
    for ratio, degree, exposure in ((m.rr, m.degree, m.rer), (m.irr, m.ird, m.irer), (m.err, m.erd, m.erer)):
        if ratio is not None and degree is not None:
            assert ratio * degree == exposure
        elif ratio is not None:
            assert ratio == exposure == 0


@given(MEASURES, MEASURES, MEASURES)
def test_adding_is_adding_up(a: Measures, b: Measures, c: Measures) -> None:
    whole = a + b
    assert (whole.volume, whole.events, whole.score) == (
        a.volume + b.volume,
        a.events + b.events,
        a.score + b.score,
    )
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Measures() == a


@given(MEASURES, MEASURES)
def test_a_unit_lies_between_its_parts(a: Measures, b: Measures) -> None:
    whole = a + b
    if a.rer is not None and b.rer is not None and whole.rer is not None:
        assert min(a.rer, b.rer) <= whole.rer <= max(a.rer, b.rer)


@pytest.mark.parametrize(
    ("value", "per", "text"),
    [
        (Fraction(1, 3), 10_000, "3333.33"),
        (Fraction(2, 3), 1, "0.67"),
        (Fraction(0), 10_000, "0.00"),
        (Fraction(1, 8), 1, "0.12"),
        (Fraction(15, 20_000), 10_000, "7.50"),
    ],
)
def test_shown_to_two_decimals(value: Fraction, per: int, text: str) -> None:
    assert str(shown(value, per)) == text


def test_undefined_is_shown_as_nothing() -> None:
    assert shown(None, 10_000) is None


def test_controllable_events_have_measures_of_their_own() -> None:
    m = Measures(100, 3, 1, Fraction(6), Fraction(1), 2, Fraction(5))
    assert (m.crr, m.crd, m.crer) == (Fraction(2, 100), Fraction(5, 2), Fraction(5, 100))
    assert Measures(100, 1, 0, Fraction(1)).crd is None


def test_a_change_has_a_value_only_where_there_was_something() -> None:
    assert change(Fraction(3), Fraction(4)) == Fraction(-1, 4)
    assert change(0, 5) == -1
    assert [change(5, 0), change(Fraction(1), None), change(None, Fraction(1)), change(0, 0)] == [None] * 4


@given(MEASURES, MEASURES)
def test_a_change_explained_is_the_whole_change(now: Measures, then: Measures) -> None:
    found = explained(now, then)
    if now.rer is None or then.rer is None:
        assert found is None
        return
    assert found is not None
    assert found.total == now.rer - then.rer
    back = explained(then, now)
    assert back is not None
    assert (back.frequency, back.severity) == (-found.frequency, -found.severity)
    if now.rr == then.rr:
        assert found.frequency == 0
    if now.degree == then.degree or not (now.events and then.events):
        assert found.severity == 0


@given(MEASURES, MEASURES)
def test_each_kind_of_event_is_explained_by_itself(now: Measures, then: Measures) -> None:
    inside, outside = explained(now, then, "internal"), explained(now, then, "external")
    if inside is not None and outside is not None:
        whole = explained(now, then)
        assert whole is not None
        assert inside.total + outside.total == whole.total


def test_the_split_of_a_worked_example() -> None:
    """RR from 2 to 3, degree from 2 to 4, in 100: 1 × 3 of frequency and 2 × 2.5 of severity."""
    found = explained(Measures(100, 3, 0, Fraction(12)), Measures(100, 2, 0, Fraction(4)))
    assert found is not None
    assert (found.frequency, found.severity) == (Fraction(3, 100), Fraction(5, 100))
