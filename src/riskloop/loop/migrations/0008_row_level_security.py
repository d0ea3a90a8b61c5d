"""A forgotten filter shows nothing rather than everything (`organisation.row_security`)."""

from django.db import migrations

from riskloop.organisation.row_security import secured_by_event, secured_by_unit


class Migration(migrations.Migration):
    dependencies = [("loop", "0007_history_moves_out")]
    operations = [
        *(migrations.RunSQL(*secured_by_unit(table)) for table in ("loop_quasievent", "loop_dailystatistic")),
        *(
            migrations.RunSQL(*secured_by_event(table))
            for table in ("loop_measure", "loop_continuation", "loop_evidencerow")
        ),
    ]
