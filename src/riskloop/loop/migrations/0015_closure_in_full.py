"""Kinds of measure, repeat offences, appeals and reopenings. Kinds and period are our proposal."""

import datetime as dt
from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event

BEGINNING = dt.date(2000, 1, 1)
# Code, names, whether a proof is needed, whether a department owes it.
KINDS = [
    ("1_correction", "业务整改", "Correction of business", True, False),
    ("2_management", "管理改进", "Management change", False, False),
    ("3_treatment", "风险处置", "Risk treatment", True, False),
    ("4_process", "流程优化", "Process change", False, True),
]
BEFORE = "2_management"
REPEAT_DAYS = 180


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    kind = apps.get_model("loop", "MeasureKind")
    kind.objects.bulk_create(
        kind(code=code, name_zh=zh, name_en=en, needs_proof=proof, to_department=department)
        for code, zh, en, proof, department in KINDS
    )
    apps.get_model("loop", "RepeatRule").objects.create(days=REPEAT_DAYS, effective_from=BEGINNING)


def _key() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **how: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **how)


PERSON = settings.AUTH_USER_MODEL
OBJECTION_KINDS = [("appeal", "Appeal"), ("reopening", "Request to reopen")]
STATES = [
    ("open", "To be decided"),
    ("withdrawn", "Withdrawn by its author"),
    ("rejected", "Rejected"),
    ("upheld", "Upheld"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0014_queries"), migrations.swappable_dependency(PERSON)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="MeasureKind",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("retired_on", models.DateField(blank=True, null=True)),
                ("needs_proof", models.BooleanField(default=False)),
                ("to_department", models.BooleanField(default=False)),
            ],
            options={"verbose_name": "kind of measure"},
        ),
        migrations.CreateModel(
            name="RepeatRule",
            fields=[
                ("id", _key()),
                ("days", models.PositiveSmallIntegerField()),
                ("effective_from", models.DateField(unique=True)),
            ],
            options={"verbose_name": "rule of repeat offences"},
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        # What was set before kinds were kept needed no proof.
        migrations.AddField(
            "measure", "kind", _to("loop.measurekind", default=BEFORE), preserve_default=False
        ),
        migrations.AddField("measure", "sent_back_at", models.DateTimeField(null=True)),
        migrations.AddField("measure", "sent_back_by", _to(PERSON, null=True, related_name="+")),
        migrations.AddField(
            "measure", "sent_back_note", models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("measure", "lapsed_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", _key()),
                ("kind", models.TextField(choices=OBJECTION_KINDS)),
                ("state", models.TextField(choices=STATES, default="open")),
                ("words", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_note", models.TextField(blank=True)),
                ("decided_by", _to(PERSON, null=True, related_name="+")),
                ("determination", _to("loop.determination", null=True, related_name="appeals")),
                ("event", _to("loop.quasievent", related_name="objections")),
                ("made_by", _to(PERSON, related_name="+")),
            ],
            options={
                "verbose_name": "objection",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["kind"], name="objection_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("event", "kind"),
                        name="one_open_objection_a_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "rejected", "upheld"))),
                        fields=("determination",),
                        name="one_appeal_a_determination",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*secured_by_event("loop_objection")),
    ]
