"""The loop's history becomes the system's: with where a write came from, and as a chain."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.history import BEGINNING, digest_of

MOVE = """
ALTER TABLE loop_history RENAME TO organisation_history;
ALTER SEQUENCE loop_history_id_seq RENAME TO organisation_history_id_seq;
ALTER TABLE organisation_history DISABLE TRIGGER USER;
"""
MOVE_BACK = """
ALTER TABLE organisation_history ENABLE TRIGGER USER;
ALTER SEQUENCE organisation_history_id_seq RENAME TO loop_history_id_seq;
ALTER TABLE organisation_history RENAME TO loop_history;
"""
CLOSE = "ALTER TABLE organisation_history ENABLE TRIGGER USER;"
OPEN = "ALTER TABLE organisation_history DISABLE TRIGGER USER;"
BATCH = 2000
UNITS = """
UPDATE organisation_history SET unit_id = event.unit_id
FROM loop_quasievent event WHERE object_type = 'quasi_event' AND object_id = event.id::text;
"""


def chain(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    """Links the lines that are there, in their order."""
    history = apps.get_model("organisation", "History")
    last = BEGINNING
    batch = []
    for line in history.objects.order_by("id").iterator(chunk_size=BATCH):
        line.previous = last
        line.digest = last = digest_of(line)
        batch.append(line)
        if len(batch) == BATCH:
            history.objects.bulk_update(batch, ["previous", "digest"])
            batch = []
    history.objects.bulk_update(batch, ["previous", "digest"])


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_roles_are_data"),
        ("loop", "0006_daily_statistics"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVE, MOVE_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="History",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("role", models.TextField(blank=True)),
                        ("action", models.TextField()),
                        ("object_type", models.TextField()),
                        ("object_id", models.TextField()),
                        ("before", models.JSONField()),
                        ("after", models.JSONField()),
                        ("reason", models.TextField(blank=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "history",
                        "indexes": [models.Index(fields=["object_type", "object_id"], name="history_object")],
                    },
                )
            ],
        ),
        migrations.AddField("History", "channel", models.TextField(blank=True, default=""), False),
        migrations.AddField("History", "address", models.TextField(blank=True, default=""), False),
        migrations.AddField("History", "unit_id", models.TextField(null=True)),
        migrations.AddField("History", "previous", models.TextField(null=True)),
        migrations.AddField("History", "digest", models.TextField(null=True)),
        migrations.RunSQL(UNITS, migrations.RunSQL.noop),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AlterField("History", "previous", models.TextField(unique=True)),
        migrations.AlterField("History", "digest", models.TextField(unique=True)),
        migrations.AddIndex("History", models.Index(fields=["actor", "at"], name="history_actor")),
        migrations.RunSQL(CLOSE, OPEN),
    ]
