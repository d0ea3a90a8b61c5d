"""Figures of lists; volumes of months, quarters and years are added to the sums of exposure by trigger.

A volume known of so many months is in the sums of its own grain and of the longer ones, and in no shorter one.
The trigger reads and writes as the system: whose statement it was may reach less than the sums touch.
"""

from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_unit


def _added(table: str, keys: str, where: str = "true") -> str:
    """SQL that adds the volumes of the changed rows, by grain and key, to a table of sums."""
    return f"""
    INSERT INTO {table} AS kept (months, first, {keys}, volume)
    SELECT grain.months, grain.first, {keys}, TG_ARGV[0]::int * sum(volume)
    FROM changed CROSS JOIN LATERAL (VALUES
        (1, date_trunc('month', changed.first)::date),
        (3, date_trunc('quarter', changed.first)::date),
        (12, date_trunc('year', changed.first)::date)) AS grain (months, first)
    WHERE changed.months > 0 AND grain.months >= changed.months AND {where}
    GROUP BY grain.months, grain.first, {keys} ORDER BY grain.months, grain.first, {keys}
    ON CONFLICT (months, first, {keys}) DO UPDATE SET volume = kept.volume + excluded.volume;"""


KEEP = f"""
CREATE FUNCTION bulletin_sum_volumes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text := current_setting('riskloop.reach', true);
BEGIN
    PERFORM set_config('riskloop.reach', '*', true);
    {_added("exposure_unitvolume", "unit_id")}
    {_added("exposure_tellervolume", "unit_id, teller_id", "teller_id <> ''")}
    {_added("exposure_businessvolume", "unit_id, business")}
    PERFORM set_config('riskloop.reach', coalesce(before, ''), true);
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER bulletin_sum_volumes_{name} AFTER {when} ON bulletin_listedvolume
    REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bulletin_sum_volumes('{sign}');"""
    for name, when, rows, sign in (
        ("added", "INSERT", "NEW", 1),
        ("removed", "DELETE", "OLD", -1),
        ("before", "UPDATE", "OLD", -1),
        ("after", "UPDATE", "NEW", 1),
    )
)
FORGET = "DROP FUNCTION bulletin_sum_volumes() CASCADE;"
SECURED = ("bulletin_listedevent", "bulletin_listedvolume", "bulletin_listedquasievents")


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("exposure", "0003_exposure_by_month"),
        ("loop", "0019_order_of_the_queue"),
        ("organisation", "0013_functions_of_governance"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedEvent",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
                ("unit_id", models.TextField(blank=True)),
                ("booked_on", models.DateField(db_index=True)),
                ("driver", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "listed risk event",
            },
        ),
        migrations.CreateModel(
            name="ListedQuasiEvents",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField()),
                ("months", models.SmallIntegerField()),
                ("unit_id", models.TextField(blank=True)),
                ("handling", models.TextField()),
                ("count", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "listed quasi-events",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "months", "unit_id", "handling"), name="one_listed_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedVolume",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField()),
                ("months", models.SmallIntegerField()),
                ("unit_id", models.TextField(blank=True)),
                ("teller_id", models.TextField(blank=True)),
                ("business", models.TextField(blank=True)),
                ("volume", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "listed online volume",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "months", "unit_id", "teller_id", "business"),
                        name="one_listed_volume",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
        *(migrations.RunSQL(*secured_by_unit(table)) for table in SECURED),
    ]
