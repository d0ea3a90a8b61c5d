"""The funnel plot's limits where next to nothing is expected."""

from __future__ import annotations

import numpy as np

from riskloop.exposure.funnel import funnel


def test_no_event_in_hardly_any_volume_is_within_the_lines() -> None:
    found = funnel([0] * 50 + [10] * 50, [1] * 50 + [10_000] * 50)
    assert found.outside == (0, 0)


def test_one_event_where_less_than_one_in_a_thousand_is_expected_is_outside_all_lines() -> None:
    found = funnel([1, *[10] * 50], [1, *[10_000] * 50])
    assert found.peers[found.point_levels == 2].tolist() == [0]


def test_lines_hold_the_peers_rate_between_them() -> None:
    found = funnel([0, *[10] * 50], [1, *[10_000] * 50])
    for low, high in ((found.inner_low, found.inner_high), (found.outer_low, found.outer_high)):
        assert np.all((low >= 0) & (low <= found.rate) & (high >= found.rate))
