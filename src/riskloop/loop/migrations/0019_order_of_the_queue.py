"""An index in the order of the queue, over the events that are still open."""

from typing import ClassVar

from django.db import migrations, models

OPEN = ("new", "assigned", "suspected", "rated", "determined")
RANK = models.Case(
    models.When(grade="general", then=models.Value(1)),
    models.When(grade="attention", then=models.Value(2)),
    models.When(grade="key_attention", then=models.Value(3)),
    default=models.Value(0),
    output_field=models.IntegerField(),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0018_assignment")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="quasievent",
            index=models.Index(
                RANK.desc(),
                models.F("booked_on").desc(),
                models.F("id").desc(),
                condition=models.Q(("state__in", OPEN), ("withdrawn_on", None)),
                name="event_waiting",
            ),
        ),
    ]
