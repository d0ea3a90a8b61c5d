"""Bundles of events that share an object, situations that go on, and grades as dated data."""

import datetime as dt
from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

BEGINNING = dt.date(1990, 1, 1)
# 三个以上风险特征: an exam item of the bank that this system follows. The number is dated data.
FEATURES = 3


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    apps.get_model("loop", "GradeRule").objects.create(features=FEATURES, effective_from=BEGINNING)
    apps.get_model("loop", "QuasiEvent").objects.update(last_on=models.F("booked_on"))


def unseed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    apps.get_model("loop", "GradeRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loop", "0004_seed_catalogues"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Continuation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("booked_on", models.DateField(db_index=True)),
                ("parameter_version", models.TextField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("count", models.BigIntegerField()),
                (
                    "entry_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "teller_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "authoriser_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "account_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "customer_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("evidence", models.JSONField()),
                ("withdrawn_on", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "continuation",
            },
        ),
        migrations.CreateModel(
            name="GradeRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("features", models.IntegerField()),
                ("effective_from", models.DateField(unique=True)),
            ],
            options={
                "verbose_name": "rule of grading",
            },
        ),
        migrations.CreateModel(
            name="ModelGrade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.TextField()),
                (
                    "grade",
                    models.TextField(
                        choices=[
                            ("general", "General"),
                            ("attention", "Attention"),
                            ("key_attention", "Key attention"),
                        ]
                    ),
                ),
                ("effective_from", models.DateField()),
            ],
            options={
                "verbose_name": "grade of a model",
            },
        ),
        migrations.RemoveConstraint(
            model_name="evidencerow",
            name="one_row_a_position",
        ),
        migrations.AddField(
            model_name="quasievent",
            name="bundle",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="quasievent",
            name="last_on",
            field=models.DateField(default="1990-01-01"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="continuation",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continuations",
                to="loop.quasievent",
            ),
        ),
        migrations.AddField(
            model_name="evidencerow",
            name="continuation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence_rows",
                to="loop.continuation",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencerow",
            constraint=models.UniqueConstraint(
                fields=("event", "continuation", "table", "position"),
                name="one_row_a_position",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="modelgrade",
            constraint=models.UniqueConstraint(fields=("model", "effective_from"), name="one_grade_a_day"),
        ),
        migrations.AddConstraint(
            model_name="continuation",
            constraint=models.UniqueConstraint(fields=("event", "booked_on"), name="one_continuation_a_day"),
        ),
        migrations.RunPython(seed, unseed),
    ]
