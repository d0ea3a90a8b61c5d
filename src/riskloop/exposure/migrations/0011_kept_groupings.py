"""Which units belong where, as it is worked out for a state of the tree: it can be lost and worked out anew."""

from django.db import migrations, models

KEPT = ("exposure_keptgrouping", "exposure_groupedunit")


class Migration(migrations.Migration):
    dependencies = [("exposure", "0010_undivided_volumes")]

    operations = [
        migrations.CreateModel(
            name="KeptGrouping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("stamp", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "grouping of units",
                "constraints": [models.UniqueConstraint(fields=("key", "stamp"), name="one_grouping")],
            },
        ),
        migrations.CreateModel(
            name="GroupedUnit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grouping_id",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("grouping_id", models.BigIntegerField()),
                ("unit_id", models.TextField()),
                ("under", models.TextField()),
                ("until", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "unit of a grouping",
            },
        ),
        *(migrations.RunSQL(f"ALTER TABLE {table} SET UNLOGGED", migrations.RunSQL.noop) for table in KEPT),
    ]
