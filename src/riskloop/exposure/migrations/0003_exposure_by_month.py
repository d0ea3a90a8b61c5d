"""Events that count, and sums of volumes and events by month, quarter and year, kept by triggers.

Each trigger adds what a statement put in and takes off what it took out, in the transaction of the
statement. It reads and writes as the system: whose statement it was may reach less than the sums touch.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_unit

_AS_SYSTEM = "before text := current_setting('riskloop.reach', true);"
_BEGIN = "PERFORM set_config('riskloop.reach', '*', true);"
_END = "PERFORM set_config('riskloop.reach', coalesce(before, ''), true); RETURN NULL;"
_GRAINS = """CROSS JOIN LATERAL (VALUES
        (1, date_trunc('month', day)::date),
        (3, date_trunc('quarter', day)::date),
        (12, date_trunc('year', day)::date)) AS grain (months, first)"""


def _added(table: str, keys: str, sums: dict[str, str], of: str, where: str = "true") -> str:
    """SQL that adds sums of the changed rows, by grain and key, to a table of sums."""
    # In the order of the key: of two statements that meet, one waits and none is in the other's way.
    summed = ", ".join(f"TG_ARGV[0]::int * sum({value})" for value in sums.values())
    more = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in sums)
    return f"""
    INSERT INTO {table} AS kept (months, first, {keys}, {", ".join(sums)})
    SELECT grain.months, grain.first, {keys}, {summed}
    FROM {of} {_GRAINS}
    WHERE {where}
    GROUP BY grain.months, grain.first, {keys} ORDER BY grain.months, grain.first, {keys}
    ON CONFLICT (months, first, {keys}) DO UPDATE SET {more};"""


_VOLUME = {"volume": "volume"}
_CHANGED = "(SELECT *, booked_on AS day FROM changed) AS changed"
_EVENTS = {
    "internal_events": "internal::int",
    "external_events": "(NOT internal)::int",
    "controllable_events": "controllable::int",
    "internal_score": "CASE WHEN internal THEN score ELSE 0 END",
    "external_score": "CASE WHEN internal THEN 0 ELSE score END",
    "controllable_score": "CASE WHEN controllable THEN score ELSE 0 END",
}
_UNIT_VOLUME = _added("exposure_unitvolume", "unit_id", _VOLUME, "changed")
_TELLER_VOLUME = _added("exposure_tellervolume", "unit_id, teller_id", _VOLUME, "changed", "teller_id <> ''")
_BUSINESS_VOLUME = _added("exposure_businessvolume", "unit_id, business", _VOLUME, "changed")
_UNIT_EVENTS = _added("exposure_unitevents", "unit_id", _EVENTS, _CHANGED)

KEEP = f"""
CREATE FUNCTION exposure_sum_volumes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {_AS_SYSTEM}
BEGIN
    {_BEGIN}{_UNIT_VOLUME}{_TELLER_VOLUME}{_BUSINESS_VOLUME}
    {_END}
END $$;

CREATE FUNCTION exposure_sum_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {_AS_SYSTEM}
BEGIN
    {_BEGIN}{_UNIT_EVENTS}
    {_END}
END $$;

CREATE FUNCTION exposure_businesses_of(event uuid) RETURNS text[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(DISTINCT row ->> 'code' ORDER BY row ->> 'code'), ARRAY[]::text[])
    FROM loop_evidencerow
    WHERE event_id = event AND continuation_id IS NULL AND "table" = 'journal' AND row ->> 'code' IS NOT NULL;
$$;

CREATE FUNCTION exposure_count_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {_AS_SYSTEM}
BEGIN
    {_BEGIN}
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM exposure_riskevent WHERE event_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.outcome IN ('internal', 'external') AND NEW.withdrawn_on IS NULL THEN
        INSERT INTO exposure_riskevent (
            event_id, booked_on, unit_id, internal, controllable, score, teller_ids, businesses)
        SELECT NEW.id, NEW.booked_on, coalesce(NEW.unit_id, ''), NEW.outcome = 'internal',
            coalesce(NEW.controllable, false), coalesce(NEW.score, 0),
            ARRAY(SELECT DISTINCT unnest(NEW.teller_ids) ORDER BY 1), exposure_businesses_of(NEW.id);
    END IF;
    {_END}
END $$;
"""


def _on(table: str, function: str) -> str:
    """Triggers that add the rows a statement puts into a table, and take off those it takes out."""
    return "".join(
        f"""
CREATE TRIGGER {function}_{name} AFTER {when} ON {table} REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {function}('{sign}');"""
        for name, when, rows, sign in (
            ("added", "INSERT", "NEW", 1),
            ("removed", "DELETE", "OLD", -1),
            ("before", "UPDATE", "OLD", -1),
            ("after", "UPDATE", "NEW", 1),
        )
    )


_READ_OF_AN_EVENT = "outcome, withdrawn_on, unit_id, booked_on, score, controllable, teller_ids"
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in _READ_OF_AN_EVENT.split(", ")) for row in ("OLD", "NEW"))
WATCH = (
    _on("exposure_dailyvolume", "exposure_sum_volumes")
    + _on("exposure_riskevent", "exposure_sum_events")
    + f"""
CREATE TRIGGER exposure_event_new AFTER INSERT ON loop_quasievent FOR EACH ROW
    WHEN (NEW.outcome IN ('internal', 'external'))
    EXECUTE FUNCTION exposure_count_event();
CREATE TRIGGER exposure_event_changed AFTER UPDATE ON loop_quasievent FOR EACH ROW
    WHEN ((OLD.outcome IN ('internal', 'external') OR NEW.outcome IN ('internal', 'external'))
        AND ({_OLD}) IS DISTINCT FROM ({_NEW}))
    EXECUTE FUNCTION exposure_count_event();
CREATE TRIGGER exposure_event_gone AFTER DELETE ON loop_quasievent FOR EACH ROW
    WHEN (OLD.outcome IN ('internal', 'external'))
    EXECUTE FUNCTION exposure_count_event();
"""
)
"""A quasi-event that neither counts nor counted costs the comparison of two words."""

BACKFILL = """
INSERT INTO exposure_riskevent (
    event_id, booked_on, unit_id, internal, controllable, score, teller_ids, businesses)
SELECT id, booked_on, coalesce(unit_id, ''), outcome = 'internal', coalesce(controllable, false),
    coalesce(score, 0), ARRAY(SELECT DISTINCT unnest(teller_ids) ORDER BY 1), exposure_businesses_of(id)
FROM loop_quasievent WHERE outcome IN ('internal', 'external') AND withdrawn_on IS NULL;
""" + "".join(
    _added(table, keys, _VOLUME, "exposure_dailyvolume", where).replace("TG_ARGV[0]::int * ", "")
    for table, keys, where in (
        ("exposure_unitvolume", "unit_id", "true"),
        ("exposure_tellervolume", "unit_id, teller_id", "teller_id <> ''"),
        ("exposure_businessvolume", "unit_id, business", "true"),
    )
)
"""What is there already. Its risk events are summed by the triggers, its volumes here."""
FORGET = """
DROP TRIGGER exposure_event_new ON loop_quasievent;
DROP TRIGGER exposure_event_changed ON loop_quasievent;
DROP TRIGGER exposure_event_gone ON loop_quasievent;
DROP FUNCTION exposure_count_event();
DROP FUNCTION exposure_businesses_of(uuid);
DROP FUNCTION exposure_sum_events() CASCADE;
DROP FUNCTION exposure_sum_volumes() CASCADE;
"""
SECURED = (
    "exposure_riskevent",
    "exposure_unitvolume",
    "exposure_tellervolume",
    "exposure_businessvolume",
    "exposure_unitevents",
)
READ_ALL = "SELECT set_config('riskloop.reach', '*', true)"


class Migration(migrations.Migration):
    dependencies = [
        ("exposure", "0002_row_level_security"),
        ("loop", "0019_order_of_the_queue"),
        ("organisation", "0013_functions_of_governance"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessVolume",
            fields=[
                ("months", models.SmallIntegerField()),
                ("first", models.DateField()),
                ("unit_id", models.TextField(blank=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "months",
                        "first",
                        "unit_id",
                        "business",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("business", models.TextField(blank=True)),
                ("volume", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "online volume of a business",
            },
        ),
        migrations.CreateModel(
            name="RiskEvent",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("booked_on", models.DateField()),
                ("unit_id", models.TextField(blank=True)),
                ("internal", models.BooleanField()),
                ("controllable", models.BooleanField()),
                ("score", models.DecimalField(decimal_places=2, max_digits=9)),
                (
                    "teller_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "businesses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "risk event",
            },
        ),
        migrations.CreateModel(
            name="TellerVolume",
            fields=[
                ("months", models.SmallIntegerField()),
                ("first", models.DateField()),
                ("unit_id", models.TextField(blank=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "months",
                        "first",
                        "unit_id",
                        "teller_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("teller_id", models.TextField()),
                ("volume", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "online volume of a teller",
            },
        ),
        migrations.CreateModel(
            name="UnitEvents",
            fields=[
                ("months", models.SmallIntegerField()),
                ("first", models.DateField()),
                ("unit_id", models.TextField(blank=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "months",
                        "first",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("internal_events", models.BigIntegerField()),
                ("external_events", models.BigIntegerField()),
                ("controllable_events", models.BigIntegerField()),
                ("internal_score", models.DecimalField(decimal_places=2, max_digits=18)),
                ("external_score", models.DecimalField(decimal_places=2, max_digits=18)),
                ("controllable_score", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
            options={
                "verbose_name": "risk events of a unit",
            },
        ),
        migrations.CreateModel(
            name="UnitVolume",
            fields=[
                ("months", models.SmallIntegerField()),
                ("first", models.DateField()),
                ("unit_id", models.TextField(blank=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "months",
                        "first",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("volume", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "online volume of a unit",
            },
        ),
        migrations.RemoveConstraint(
            model_name="dailyvolume",
            name="one_volume",
        ),
        migrations.AddField(
            model_name="dailyvolume",
            name="business",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddIndex(
            model_name="dailyvolume",
            index=models.Index(fields=["unit_id", "day"], name="volume_unit_day"),
        ),
        migrations.AddConstraint(
            model_name="dailyvolume",
            constraint=models.UniqueConstraint(
                fields=("day", "unit_id", "teller_id", "business"), name="one_volume"
            ),
        ),
        migrations.AddIndex(
            model_name="riskevent",
            index=models.Index(fields=["booked_on", "unit_id"], name="risk_event_day_unit"),
        ),
        migrations.AddIndex(
            model_name="riskevent",
            index=models.Index(fields=["unit_id", "booked_on"], name="risk_event_unit_day"),
        ),
        migrations.AddIndex(
            model_name="tellervolume",
            index=models.Index(fields=["teller_id", "months", "first"], name="volume_of_teller"),
        ),
        migrations.RunSQL([READ_ALL, KEEP, WATCH, BACKFILL], FORGET),
        *(migrations.RunSQL(*secured_by_unit(table)) for table in SECURED),
    ]
