"""Events of lists carry their driver among the facts, as those of the loop do."""

from django.db import migrations

READ_ALL = "SELECT set_config('riskloop.reach', '*', true)"
CARRY = """
ALTER TABLE exposure_riskevent DISABLE TRIGGER USER;
UPDATE exposure_riskevent AS f SET driver = l.driver
FROM bulletin_listedevent AS l WHERE l.event_id = f.event_id;
ALTER TABLE exposure_riskevent ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("bulletin", "0001_initial"), ("exposure", "0014_what_an_event_was")]

    operations = [migrations.RunSQL([READ_ALL, CARRY], migrations.RunSQL.noop)]
