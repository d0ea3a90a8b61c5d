"""Writing down how much business there was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from riskloop.exposure.models import DailyVolume


@transaction.atomic
def record_volumes(day: dt.date, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the day's volumes by these rows of `unit_id`, `teller_id` (or None), `code` (the business,
    the bank's transaction code; or none) and `volume`. The sums follow by trigger."""
    DailyVolume.objects.filter(day=day).delete()
    DailyVolume.objects.bulk_create(
        (
            DailyVolume(
                day=day,
                unit_id=row["unit_id"],
                teller_id=row["teller_id"] or "",
                business=row.get("code") or "",
                volume=row["volume"],
            )
            for row in rows
        ),
        batch_size=5000,
    )
