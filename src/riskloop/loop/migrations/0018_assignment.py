"""The rule of assignment, and what each monitor is given by it."""

import datetime as dt
from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BEGINNING = dt.date(2000, 1, 1)
MOST_IN_HAND = 50
GRADES = [
    ("general", "General"),
    ("attention", "Attention"),
    ("key_attention", "Key attention"),
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    rule = apps.get_model("loop", "AssignmentRule")
    rule.objects.create(most_in_hand=MOST_IN_HAND, automatic=False, effective_from=BEGINNING)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loop", "0017_oversight"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="AssignmentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField(unique=True)),
                ("most_in_hand", models.PositiveIntegerField()),
                ("automatic", models.BooleanField(default=False)),
            ],
            options={"verbose_name": "rule of assignment", "abstract": False},
        ),
        migrations.CreateModel(
            name="MonitorSkill",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="skill",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("highest_grade", models.TextField(choices=GRADES, default="key_attention")),
                ("most_in_hand", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={"verbose_name": "skill of a monitor"},
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
