"""What the statistical models hit, by day, unit and teller."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loop", "0005_bundles_and_continuations"),
        ("organisation", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DailyStatistic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.TextField()),
                ("booked_on", models.DateField()),
                ("teller_id", models.TextField(blank=True)),
                ("hits", models.BigIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=22, null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="organisation.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "daily statistic",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "booked_on", "unit", "teller_id"),
                        name="one_statistic_a_day",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
