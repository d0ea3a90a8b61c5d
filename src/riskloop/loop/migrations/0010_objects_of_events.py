"""Which event names which object, kept by triggers, so that earlier events on an object are found at once."""

import django.db.models.deletion
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event

KEEP = """
ALTER TABLE loop_eventobject ADD CONSTRAINT object_of_event
    FOREIGN KEY (event_id) REFERENCES loop_quasievent (id) ON DELETE CASCADE;

CREATE FUNCTION loop_keep_objects(event uuid, day date) RETURNS void LANGUAGE sql AS $$
    DELETE FROM loop_eventobject WHERE event_id = event AND booked_on = day;
    INSERT INTO loop_eventobject (kind, object_id, booked_on, event_id)
    SELECT DISTINCT object.kind, object.id, day, event
    FROM (
        SELECT account_ids, customer_ids, teller_ids, authoriser_ids
        FROM loop_quasievent WHERE id = event AND booked_on = day
        UNION ALL
        SELECT account_ids, customer_ids, teller_ids, authoriser_ids
        FROM loop_continuation WHERE event_id = event AND booked_on = day
    ) AS hit
    CROSS JOIN LATERAL (
        SELECT 'account' AS kind, unnest(hit.account_ids) AS id
        UNION ALL SELECT 'customer', unnest(hit.customer_ids)
        UNION ALL SELECT 'teller', unnest(hit.teller_ids || hit.authoriser_ids)
    ) AS object;
$$;

CREATE FUNCTION loop_objects_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loop_keep_objects(NEW.id, NEW.booked_on);
    RETURN NULL;
END $$;

CREATE FUNCTION loop_objects_of_continuation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loop_keep_objects(NEW.event_id, NEW.booked_on);
    RETURN NULL;
END $$;

CREATE TRIGGER event_objects_new AFTER INSERT ON loop_quasievent
    FOR EACH ROW EXECUTE FUNCTION loop_objects_of_event();
CREATE TRIGGER event_objects_changed AFTER UPDATE ON loop_quasievent
    FOR EACH ROW WHEN ((OLD.account_ids, OLD.customer_ids, OLD.teller_ids, OLD.authoriser_ids)
        IS DISTINCT FROM (NEW.account_ids, NEW.customer_ids, NEW.teller_ids, NEW.authoriser_ids))
    EXECUTE FUNCTION loop_objects_of_event();
CREATE TRIGGER continuation_objects AFTER INSERT OR UPDATE ON loop_continuation
    FOR EACH ROW EXECUTE FUNCTION loop_objects_of_continuation();

INSERT INTO loop_eventobject (kind, object_id, booked_on, event_id)
SELECT kind, object_id, booked_on, event_id FROM (
    SELECT 'account' AS kind, unnest(account_ids) AS object_id, booked_on, id AS event_id FROM loop_quasievent
    UNION SELECT 'customer', unnest(customer_ids), booked_on, id FROM loop_quasievent
    UNION SELECT 'teller', unnest(teller_ids || authoriser_ids), booked_on, id FROM loop_quasievent
    UNION SELECT 'account', unnest(account_ids), booked_on, event_id FROM loop_continuation
    UNION SELECT 'customer', unnest(customer_ids), booked_on, event_id FROM loop_continuation
    UNION SELECT 'teller', unnest(teller_ids || authoriser_ids), booked_on, event_id FROM loop_continuation
) AS named;
"""
FORGET = """
DROP TRIGGER event_objects_new ON loop_quasievent;
DROP TRIGGER event_objects_changed ON loop_quasievent;
DROP TRIGGER continuation_objects ON loop_continuation;
DROP FUNCTION loop_objects_of_event();
DROP FUNCTION loop_objects_of_continuation();
DROP FUNCTION loop_keep_objects(uuid, date);
ALTER TABLE loop_eventobject DROP CONSTRAINT object_of_event;
"""
READ_ALL = "SELECT set_config('riskloop.reach', '*', true)"


class Migration(migrations.Migration):
    dependencies = [("loop", "0009_determination")]

    operations = [
        migrations.CreateModel(
            name="EventObject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("account", "Account"), ("customer", "Customer"), ("teller", "Teller")]
                    ),
                ),
                ("object_id", models.TextField()),
                ("booked_on", models.DateField()),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="loop.quasievent",
                    ),
                ),
            ],
            options={"verbose_name": "object of an event"},
        ),
        migrations.AddConstraint(
            model_name="eventobject",
            constraint=models.UniqueConstraint(
                fields=("kind", "object_id", "booked_on", "event"), name="one_object_of_event"
            ),
        ),
        # The events that are there already are read by the system itself.
        migrations.RunSQL([READ_ALL, KEEP], FORGET),
        migrations.RunSQL(*secured_by_event("loop_eventobject")),
    ]
