"""The sums of a unit are found by the unit as well: a branch reads its own and not those of the whole bank."""

from django.db import migrations, models

_BY_UNIT = ["unit_id", "months", "first"]


class Migration(migrations.Migration):
    dependencies = [("exposure", "0012_inspection_samples")]

    operations = [
        migrations.AddIndex(
            model_name="unitvolume",
            index=models.Index(fields=_BY_UNIT, name="volumes_of_unit"),
        ),
        migrations.AddIndex(
            model_name="unitevents",
            index=models.Index(fields=_BY_UNIT, name="events_of_unit"),
        ),
    ]
