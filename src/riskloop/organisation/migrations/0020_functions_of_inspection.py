"""Who turns lists of exposure into samples for inspection: a decision that stands beside those before.

Where the head office has decided on a role of its own accord, its decision is the later one and counts.
"""

import datetime as dt
from importlib import import_module
from typing import Any

from django.db import migrations
from django.utils import timezone

BEFORE = import_module("riskloop.organisation.migrations.0013_functions_of_governance")
SINCE = BEFORE.SINCE + dt.timedelta(days=1)
# The inspection administrator plans what is inspected; the risk assessor says where the risk is.
ADDED = {role: {level: ["inspections.draw"] for level in (1, 2, 3)} for role in ("R11", "R13")}


def functions() -> dict[str, dict[int, list[str]]]:
    """By role and level (1 to 5) all that it may do from `SINCE` on."""
    return {
        role: {level: [*own, *ADDED.get(role, {}).get(level, [])] for level, own in levels.items()}
        for role, levels in BEFORE.functions().items()
    }


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    decision = apps.get_model("organisation", "RoleDecision")
    decision.objects.bulk_create(
        decision(
            role_id=role,
            level=BEFORE.BEFORE.SEEDS.LEVELS[level - 1],
            functions=sorted(functions()[role][level]),
            effective_from=SINCE,
            approved=True,
            decided_at=timezone.now(),
        )
        for role, levels in ADDED.items()
        for level in levels
    )


class Migration(migrations.Migration):
    dependencies = [("organisation", "0015_exceptions_past_the_outlet")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
