"""Time limits: our proposal (no bank's figures are public), to be changed by later rows."""

import datetime as dt
from typing import Any, ClassVar

from django.db import migrations, models

BEGINNING = dt.date(2000, 1, 1)
GRADES = [("general", "General"), ("attention", "Attention"), ("key_attention", "Key attention")]
STEPS = [
    ("discriminate", "Discrimination"),
    ("answer", "Answer to a query"),
    ("answer_again", "Answer to a re-query"),
    ("determine", "Determination"),
    ("approve", "Approval"),
    ("conclude", "Conclusion in all"),
    ("measure", "Measure"),
    ("appeal", "Appeal"),
    ("decide_appeal", "Decision on an appeal"),
]
# By step the working days for general, attention and key attention.
DAYS = {
    "discriminate": (3, 2, 1),
    "answer": (3, 2, 1),
    "answer_again": (1, 1, 1),
    "determine": (2, 2, 1),
    "approve": (1, 1, 1),
    "conclude": (5, 5, 5),
    "measure": (20, 10, 5),
    "appeal": (10, 10, 10),
    "decide_appeal": (10, 10, 10),
}


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    limit = apps.get_model("loop", "TimeLimit")
    limit.objects.bulk_create(
        # What may take one day alone would be warned of from its beginning.
        limit(step=step, grade=grade, days=n, warn_before=min(n - 1, 1), effective_from=BEGINNING)
        for step, days in DAYS.items()
        for (grade, _name), n in zip(GRADES, days, strict=True)
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0012_attachments")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="TimeLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.TextField(choices=STEPS)),
                ("grade", models.TextField(choices=GRADES)),
                ("days", models.PositiveSmallIntegerField()),
                ("warn_before", models.PositiveSmallIntegerField()),
                ("effective_from", models.DateField()),
            ],
            options={
                "verbose_name": "time limit",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("step", "grade", "effective_from"), name="one_limit_a_day"
                    )
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
