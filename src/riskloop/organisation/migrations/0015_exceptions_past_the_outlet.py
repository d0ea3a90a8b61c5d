"""Pair 11 is held by the path of the exception reports, which stands since those do."""

from typing import Any

from django.db import migrations

RULES = {11: "exception_path"}
"""By number of the pair the check that holds it, where the installation's first seed had none."""


def name_the_check(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    pairs = apps.get_model("organisation", "SegregationPair")
    for number, rule in RULES.items():
        pairs.objects.filter(number=number, kind="dynamic", rule="").update(rule=rule)


class Migration(migrations.Migration):
    dependencies = [("organisation", "0014_levels_of_units")]
    operations = [migrations.RunPython(name_the_check, migrations.RunPython.noop)]
