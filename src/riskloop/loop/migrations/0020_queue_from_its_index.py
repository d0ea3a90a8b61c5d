"""The index in the order of the queue also holds what the queue is narrowed by; rows ask once who reads."""

from typing import ClassVar

from django.db import migrations, models

from riskloop.organisation.row_security import asked_once

OPEN = ("new", "assigned", "suspected", "rated", "determined")
RANK = models.Case(
    models.When(grade="general", then=models.Value(1)),
    models.When(grade="attention", then=models.Value(2)),
    models.When(grade="key_attention", then=models.Value(3)),
    default=models.Value(0),
    output_field=models.IntegerField(),
)
WAITING = (
    "unit",
    "grade",
    "model",
    "state",
    "withdrawn_on",
    "amount",
    "assignee",
    "stage_since",
    "clock_from",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0019_order_of_the_queue")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="quasievent", name="event_waiting"),
        migrations.AddIndex(
            model_name="quasievent",
            index=models.Index(
                RANK.desc(),
                models.F("booked_on").desc(),
                models.F("id").desc(),
                condition=models.Q(("state__in", OPEN), ("withdrawn_on", None)),
                include=WAITING,
                name="event_waiting",
            ),
        ),
        migrations.RunSQL(asked_once("loop_quasievent"), migrations.RunSQL.noop),
    ]
