"""What the organisation is today becomes the first state of its timeline; accounts belong where their people do."""

import datetime as dt
from typing import Any

from django.db import migrations

ALWAYS = dt.date(1900, 1, 1)


def begin(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    for kind, version, key, fields in (
        ("Unit", "UnitVersion", "unit_id", ("name", "level", "parent_id", "opened_on", "closed_on")),
        ("Staff", "StaffVersion", "staff_id", ("name", "unit_id", "post")),
        ("Teller", "TellerVersion", "teller_id", ("staff_id", "unit_id")),
    ):
        made = apps.get_model("organisation", version)
        rows = apps.get_model("organisation", kind).objects.values(key, *fields)
        made.objects.bulk_create((made(valid_from=ALWAYS, **row) for row in rows), batch_size=2000)
    staff = dict(apps.get_model("organisation", "Staff").objects.values_list("staff_id", "unit_id"))
    units = set(apps.get_model("organisation", "Unit").objects.values_list("unit_id", flat=True))
    for person in apps.get_model("organisation", "User").objects.all():
        held = person.assignments.order_by("id").values_list("unit_id", flat=True).first()
        own = staff.get(person.staff_id)
        person.unit_id = own if own in units else held
        person.save(update_fields=["unit_id"])


class Migration(migrations.Migration):
    dependencies = [("organisation", "0005_history_of_every_write")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
