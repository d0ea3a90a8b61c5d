"""What the 14 roles may do in the full loop: decisions that stand beside those an installation began with.

Where the head office has decided on a role of its own accord, its decision is the later one and counts.
"""

import datetime as dt
from importlib import import_module
from typing import Any

from django.db import migrations
from django.utils import timezone

SEEDS = import_module("riskloop.organisation.migrations.0003_seed_roles")
SINCE = SEEDS.SINCE + dt.timedelta(days=1)
_CENTRE = ["events.assign", "events.approve", "events.reopen", "queries.ask", "exceptions.report"]
_VERIFIER = ["queries.answer", "events.appeal", "exceptions.report"]
_DEPARTMENT = [*_VERIFIER, "events.reopen", "events.supervise", "exceptions.receive"]
_OVERSIGHT = [
    "events.reopen",
    "events.decide_appeals",
    "events.supervise",
    "oversight.check",
    "exceptions.report",
]
# By role and level what comes to what 0003 says. Who leads the bank holds none of the 14 roles: the head office
# gives `exceptions.receive_major` to whom it decides on; until then its oversight receives what is major.
ADDED = {
    "R01": {1: ["webhooks.manage"]},
    "R04": dict.fromkeys((1, 2, 3), _CENTRE),
    "R06": {
        1: [*_OVERSIGHT, "exceptions.receive", "exceptions.receive_major"],
        2: [*_OVERSIGHT, "exceptions.receive"],
        3: _OVERSIGHT,
    },
    "R07": {5: _VERIFIER},
    "R08": {4: _VERIFIER},
    "R09": dict.fromkeys((1, 2, 3), _DEPARTMENT),
}


def functions() -> dict[str, dict[int, list[str]]]:
    """By role and level (1 to 5) all that it may do from `SINCE` on."""
    return {
        role: {level: [*own, *ADDED.get(role, {}).get(level, [])] for level, own in levels.items()}
        for role, levels in SEEDS.FUNCTIONS.items()
    }


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    decision = apps.get_model("organisation", "RoleDecision")
    decision.objects.bulk_create(
        decision(
            role_id=role,
            level=SEEDS.LEVELS[level - 1],
            functions=sorted(functions()[role][level]),
            effective_from=SINCE,
            approved=True,
            decided_at=timezone.now(),
        )
        for role, levels in ADDED.items()
        for level in levels
    )


class Migration(migrations.Migration):
    dependencies = [("organisation", "0011_looks_by_review")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
