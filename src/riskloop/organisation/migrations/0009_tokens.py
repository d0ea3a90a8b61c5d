"""Tokens of people and of service accounts, and how long they live at most."""

import datetime as dt
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

SINCE = dt.date(2000, 1, 1)
LIVES = {"personal": 90, "service": 365}
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    life = apps.get_model("organisation", "TokenLife")
    life.objects.bulk_create(life(kind=kind, days=days, effective_from=SINCE) for kind, days in LIVES.items())


class Migration(migrations.Migration):
    dependencies = [("organisation", "0008_what_the_tables_said")]
    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", ID),
                ("name", models.TextField()),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("prefix", models.TextField()),
                ("digest", models.TextField(unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "token"},
        ),
        migrations.CreateModel(
            name="TokenLife",
            fields=[
                ("id", ID.clone()),
                ("kind", models.TextField(choices=[("personal", "Personal"), ("service", "Service")])),
                ("days", models.IntegerField()),
                ("effective_from", models.DateField()),
            ],
            options={
                "verbose_name": "life of tokens",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "effective_from"), name="one_token_life_a_day")
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
