"""What a risk event is told by besides its unit: when, by which channel, how much, by which model.

SQL over `exposure_riskevent AS f`; a value that is not told is "".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BANDS: Sequence[int] = (10_000, 50_000, 200_000, 500_000, 1_000_000, 5_000_000)
"""Where bands of amounts end and the next begins, CNY."""
ONE: Mapping[str, str] = {
    "driver": "f.driver",
    "month": "to_char(f.booked_on, 'YYYY-MM')",
    "weekday": "extract(isodow FROM f.booked_on)::int::text",
    "model": "f.model",
    "amount": f"coalesce(width_bucket(f.amount, ARRAY{list(BANDS)}::numeric[])::text, '')",
}
"""Of these an event has one."""
SEVERAL: Mapping[str, str] = {
    "teller": "f.teller_ids",
    "business": "f.businesses",
    "channel": "f.channels",
    "hour": "f.hours::text[]",
}
"""Of these it has those of its tellers and of the entries kept as its evidence."""


def each(name: str) -> str:
    """The value of an event, or its values as a set."""
    if name in ONE:
        return ONE[name]
    values = SEVERAL[name]
    return f"unnest(CASE WHEN {values} = '{{}}' THEN ARRAY[''] ELSE {values} END)"


def is_value(name: str) -> str:
    """Whether the event is told by the value of the parameter `value`."""
    if name in ONE:
        return f"{ONE[name]} = %(value)s"
    values = SEVERAL[name]
    return f"({values} = '{{}}' AND %(value)s = '' OR %(value)s = ANY({values}))"
