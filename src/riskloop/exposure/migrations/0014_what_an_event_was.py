"""A risk event carries its driver, model and amount, and the channels and hours of its entries.

So that the pages of drivers read the narrow copy alone. What exists is filled in without the sums being
worked out anew: nothing that they sum up changes.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

READ_ALL = "SELECT set_config('riskloop.reach', '*', true)"
_OF_ENTRIES = """
    FROM loop_evidencerow
    WHERE event_id = event AND continuation_id IS NULL AND "table" = 'journal'"""
TOLD = f"""
CREATE FUNCTION exposure_channels_of(event uuid) RETURNS text[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(DISTINCT row ->> 'channel' ORDER BY row ->> 'channel'), ARRAY[]::text[])
    {_OF_ENTRIES} AND row ->> 'channel' IS NOT NULL;
$$;
CREATE FUNCTION exposure_hours_of(event uuid) RETURNS smallint[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(DISTINCT hour ORDER BY hour), ARRAY[]::smallint[])
    FROM (SELECT extract(hour FROM (row ->> 'posted_at')::timestamp)::smallint AS hour
        {_OF_ENTRIES} AND row ->> 'posted_at' IS NOT NULL) AS told;
$$;
"""
COUNT = """
CREATE OR REPLACE FUNCTION exposure_count_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text := current_setting('riskloop.reach', true);
BEGIN
    PERFORM set_config('riskloop.reach', '*', true);
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM exposure_riskevent WHERE event_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.outcome IN ('internal', 'external') AND NEW.withdrawn_on IS NULL THEN
        INSERT INTO exposure_riskevent (
            event_id, booked_on, unit_id, internal, controllable, score, teller_ids, businesses,
            driver, model, amount, channels, hours)
        SELECT NEW.id, NEW.booked_on, coalesce(NEW.unit_id, ''), NEW.outcome = 'internal',
            coalesce(NEW.controllable, false), coalesce(NEW.score, 0),
            ARRAY(SELECT DISTINCT unnest(NEW.teller_ids) ORDER BY 1), exposure_businesses_of(NEW.id),
            coalesce((SELECT code FROM loop_driver WHERE id = NEW.driver_id), ''), NEW.model, NEW.amount,
            exposure_channels_of(NEW.id), exposure_hours_of(NEW.id);
    END IF;
    PERFORM set_config('riskloop.reach', coalesce(before, ''), true);
    RETURN NULL;
END $$;
"""
_READ = "outcome, withdrawn_on, unit_id, booked_on, score, controllable, teller_ids, driver_id, amount"
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in _READ.split(", ")) for row in ("OLD", "NEW"))
WATCH = f"""
DROP TRIGGER exposure_event_changed ON loop_quasievent;
CREATE TRIGGER exposure_event_changed AFTER UPDATE ON loop_quasievent FOR EACH ROW
    WHEN ((OLD.outcome IN ('internal', 'external') OR NEW.outcome IN ('internal', 'external'))
        AND ({_OLD}) IS DISTINCT FROM ({_NEW}))
    EXECUTE FUNCTION exposure_count_event();
"""
FILL = """
ALTER TABLE exposure_riskevent DISABLE TRIGGER USER;
UPDATE exposure_riskevent AS f SET model = e.model, amount = e.amount,
    driver = coalesce((SELECT code FROM loop_driver WHERE id = e.driver_id), ''),
    channels = exposure_channels_of(e.id), hours = exposure_hours_of(e.id)
FROM loop_quasievent AS e WHERE e.id = f.event_id;
ALTER TABLE exposure_riskevent ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("exposure", "0013_sums_by_unit")]

    operations = [
        migrations.AddField("riskevent", "driver", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField("riskevent", "model", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField(
            "riskevent", "amount", models.DecimalField(max_digits=18, decimal_places=2, null=True)
        ),
        migrations.AddField(
            "riskevent",
            "channels",
            ArrayField(models.TextField(), blank=True, default=list, db_default=[]),
        ),
        migrations.AddField(
            "riskevent",
            "hours",
            ArrayField(models.SmallIntegerField(), blank=True, default=list, db_default=[]),
        ),
        migrations.RunSQL([READ_ALL, TOLD, COUNT, WATCH, FILL], migrations.RunSQL.noop),
    ]
