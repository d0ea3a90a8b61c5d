"""The interval of a ranking over many kinds of banks; docs/decisions/022-honest-rankings.md has the table."""

from __future__ import annotations

import numpy as np
import pytest

from tests.exposure.simulated_peers import Tally, simulate

SHOWN = ((1, 1.0), (5, 0.3), (5, 0.6), (5, 1.0), (50, 0.3), (50, 0.6), (50, 1.0))
"""Events by teller, and spread of rates: enough of both to be seen in the counts."""

HIDDEN = ((0.3, 0), (1, 0), (5, 0), (50, 0), (0.3, 0.1), (1, 0.1))


@pytest.mark.parametrize(("tellers", "banks"), [(30, 200), (300, 60), (3000, 6)])
@pytest.mark.parametrize("kind", ["gamma", "lognormal"])
def test_where_peers_differ_it_covers_93_to_97_in_100(kind: str, tellers: int, banks: int) -> None:
    rng = np.random.default_rng(tellers)
    whole = Tally()
    # 150 events of 30 tellers hardly show a spread of 0.3: up to 97.3 were covered.
    for expected, spread in SHOWN if tellers > 30 else SHOWN[:1] + SHOWN[2:]:
        for skew in (0.5, 1.5):
            tally = simulate(rng, banks, tellers, kind=kind, spread=spread, expected=expected, skew=skew)
            assert 0.93 <= tally.coverage <= 0.97, (expected, spread, skew)
            whole += tally
    assert whole.said > 1000
    assert whole.wrong <= 0.025 * whole.said


@pytest.mark.parametrize("tellers", [5, 30, 300, 3000])
def test_where_it_cannot_be_seen_whether_they_differ_it_covers_more_and_little_is_said(tellers: int) -> None:
    rng = np.random.default_rng(tellers)
    for expected, spread in HIDDEN:
        tally = simulate(rng, min(200, max(3, 1500 // tellers)), tellers, spread=spread, expected=expected)
        assert tally.coverage >= 0.93, (expected, spread)
        assert tally.said <= 0.025 * tally.tellers, (expected, spread)


def test_rates_of_two_kinds_which_no_gamma_describes() -> None:
    """The few who are worse are drawn too near to the many until their counts tell them apart."""
    rng = np.random.default_rng(1)
    for expected, spread, least in ((1, 0.3, 0.89), (5, 0.3, 0.91), (50, 0.3, 0.93), (50, 1.0, 0.94)):
        tally = simulate(rng, 10, 1000, kind="two kinds", spread=spread, expected=expected)
        assert least <= tally.coverage <= 0.97, (expected, spread)
        assert tally.wrong <= 0.025 * max(tally.said, 200)
