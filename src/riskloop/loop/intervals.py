"""How far a share that was counted may lie from the true one."""

from __future__ import annotations

from scipy.stats import binomtest

CONFIDENCE = 0.95
"""Where nobody chose another."""


def exact_interval(of: int, among: int, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """The exact interval of a share (Clopper and Pearson, Biometrika 26, 1934); None of nothing.

    Args:
        confidence: between 0 and 1.
    """
    if not among:
        return None
    found = binomtest(of, among).proportion_ci(confidence_level=confidence, method="exact")
    return float(found.low), float(found.high)
