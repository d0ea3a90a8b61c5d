"""Sampling plans, what they drew, and faults of conclusions."""

from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from riskloop.organisation.row_security import secured_by_event, secured_by_unit

FAULTS = [
    ("1_incomplete", "内容不完整", "Content incomplete"),
    ("2_unclear", "表述不清", "Unclear"),
    ("3_key_step", "关键环节未核查", "Key step not checked"),
    ("4_source", "未消除风险源头", "Source of the risk not removed"),
    ("5_wording", "套用模板、结论雷同", "Wording of a template"),
    ("6_conclusion", "结论错误", "Wrong conclusion"),
]
OUTCOMES = [
    ("excluded", "No event"),
    ("internal", "Internal event"),
    ("external", "External event"),
    ("case_clue", "Case clue"),
]
PARTS = [
    ("random", "Random share of the excluded"),
    ("key_model", "Key model"),
    ("key_business", "Key business"),
    ("key_person", "Key person"),
]
VERDICTS = [("right", "Right"), ("wrong", "Wrong")]
SHARES = ("confidence", "margin", "expected")
PERSON = settings.AUTH_USER_MODEL


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    fault = apps.get_model("loop", "FaultCode")
    fault.objects.bulk_create(fault(code=code, name_zh=zh, name_en=en) for code, zh, en in FAULTS)


def _key() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **how: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **how)


def _list(of: Any) -> Any:
    return django.contrib.postgres.fields.ArrayField(base_field=of, blank=True, default=list, size=None)


def _share() -> Any:
    return models.DecimalField(decimal_places=3, max_digits=4)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0016_exceptions"), migrations.swappable_dependency(PERSON)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="FaultCode",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={"verbose_name": "fault of a conclusion"},
        ),
        migrations.CreateModel(
            name="SamplingPlan",
            fields=[
                ("id", _key()),
                ("month", models.DateField()),
                *((name, _share()) for name in SHARES),
                ("key_models", _list(models.TextField())),
                ("key_categories", _list(models.TextField())),
                ("key_people", _list(models.BigIntegerField())),
                ("seed", models.BigIntegerField()),
                ("population", models.IntegerField()),
                ("drawn_at", models.DateTimeField()),
                ("drawn_by", _to(PERSON, related_name="+")),
                ("unit", _to("organisation.unit", db_constraint=False, related_name="+")),
            ],
            options={
                "verbose_name": "sampling plan",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "month"), name="one_plan_a_month"),
                    models.CheckConstraint(
                        condition=Q(confidence__gt=0, confidence__lt=1)
                        & Q(margin__gt=0, margin__lt=1)
                        & Q(expected__gt=0, expected__lt=1),
                        name="shares_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                ("id", _key()),
                ("part", models.TextField(choices=PARTS)),
                ("outcome", models.TextField(choices=OUTCOMES)),
                ("concluded_at", models.DateTimeField()),
                ("verdict", models.TextField(blank=True, choices=VERDICTS)),
                ("faults", _list(models.TextField())),
                ("note", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by", _to(PERSON, null=True, related_name="+")),
                ("concluded_by", _to(PERSON, related_name="+")),
                ("event", _to("loop.quasievent", related_name="samples")),
                ("plan", _to("loop.samplingplan", related_name="items")),
            ],
            options={
                "verbose_name": "event drawn",
                "constraints": [models.UniqueConstraint(fields=("plan", "event"), name="drawn_once_a_plan")],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(*secured_by_unit("loop_samplingplan")),
        migrations.RunSQL(*secured_by_event("loop_sampleitem")),
    ]
