"""What the bank's tables said, apart from what is true; so far, the newest state that they brought of each thing."""

import datetime as dt
from typing import Any

from django.db import migrations, models

FIELDS = {
    "unit": ("name", "level", "parent_id", "opened_on", "closed_on", "merged_into_id"),
    "staff": ("name", "unit_id", "post", "joined_on", "left_on"),
    "teller": ("staff_id", "unit_id"),
}


def remember(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    fed = apps.get_model("organisation", "Fed")
    for kind, fields in FIELDS.items():
        rows = apps.get_model("organisation", f"{kind}version").objects.filter(source="feed")
        newest = rows.order_by(f"{kind}_id", "-valid_from").distinct(f"{kind}_id")
        fed.objects.bulk_create(
            (
                fed(
                    kind=f"{kind}version",
                    key=row[f"{kind}_id"],
                    since=row["valid_from"],
                    state={name: _plain(row[name]) for name in fields},
                )
                for row in newest.values(f"{kind}_id", "valid_from", *fields)
            ),
            batch_size=2000,
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


class Migration(migrations.Migration):
    dependencies = [("organisation", "0007_must_change_password")]
    operations = [
        migrations.CreateModel(
            name="Fed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("since", models.DateField()),
                ("state", models.JSONField()),
            ],
            options={"verbose_name": "what the tables said"},
        ),
        migrations.AddConstraint(
            model_name="fed",
            constraint=models.UniqueConstraint(fields=("kind", "key", "since"), name="one_saying_a_day"),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
