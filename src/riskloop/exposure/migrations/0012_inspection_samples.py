"""Samples for inspection: rows of lists of exposure, kept with their figures and the reason."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_parent, secured_by_unit


class Migration(migrations.Migration):
    dependencies = [
        ("exposure", "0011_kept_groupings"),
        ("organisation", "0020_functions_of_inspection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InspectionSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "listed",
                    models.TextField(
                        choices=[("units", "Units"), ("tellers", "Tellers"), ("businesses", "Businesses")]
                    ),
                ),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("level", models.TextField(blank=True)),
                ("order", models.TextField()),
                (
                    "chosen",
                    models.TextField(
                        choices=[
                            ("rows", "The rows that are ticked"),
                            ("first", "The first of the list"),
                            ("higher", "All that are higher than their peers"),
                        ]
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Not planned yet"),
                            ("planned", "Planned"),
                            ("done", "Inspected"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                    ),
                ),
                ("remark", models.TextField(blank=True)),
                ("marked_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "sample for inspection",
            },
        ),
        migrations.CreateModel(
            name="SampledRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("key", models.TextField(blank=True)),
                ("name", models.TextField(blank=True)),
                ("belongs_to", models.TextField(blank=True)),
                ("own", models.BooleanField(default=False)),
                ("volume", models.BigIntegerField(null=True)),
                ("internal_events", models.BigIntegerField()),
                ("external_events", models.BigIntegerField()),
                ("controllable_events", models.BigIntegerField()),
                ("internal_score", models.DecimalField(decimal_places=2, max_digits=18)),
                ("external_score", models.DecimalField(decimal_places=2, max_digits=18)),
                ("controllable_score", models.DecimalField(decimal_places=2, max_digits=18)),
                ("estimate", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("verdict", models.TextField(blank=True)),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="exposure.inspectionsample",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a sample for inspection",
                "constraints": [models.UniqueConstraint(fields=("sample", "place"), name="one_row_a_place")],
            },
        ),
        migrations.RunSQL(*secured_by_unit("exposure_inspectionsample")),
        migrations.RunSQL(
            *secured_by_parent("exposure_sampledrow", "exposure_inspectionsample", "sample_id")
        ),
    ]
