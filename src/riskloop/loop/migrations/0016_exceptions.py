"""Exception reports, the clock of major events, and how far what is overdue goes up."""

import datetime as dt
from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event

BEGINNING = dt.date(2000, 1, 1)
# 《银行保险机构操作风险管理办法》 article 42, in its order. The amounts stand in its text, not here: who reports
# judges by it.
CRITERIA = [
    ("1", "预计损失金额达到规定标准", "Expected loss at or above the limit"),
    ("2", "实际损失金额达到规定标准", "Loss at or above the limit"),
    (
        "3",
        "重要数据、账册、空白凭证等严重损毁、丢失、泄露",
        "Important data, books or blank vouchers lost or leaked",
    ),
    ("4", "重要信息系统故障或受攻击", "Failure of, or attack on, an important system"),
    ("5", "网络欺诈或其他信息安全事件", "Network fraud or another event of information security"),
    (
        "6",
        "董事、高管或分支机构负责人被立案、留置或采取强制措施",
        "A director, senior manager or head of a branch under investigation or criminal measures",
    ),
    ("7", "严重侵犯个人信息安全", "Serious breach of the safety of personal information"),
    ("8", "员工涉嫌非法集资等被立案", "Staff suspected of leading illegal fund-raising, case filed"),
]
MAJOR_DAYS, MAJOR_WARNING = 5, 2
GRADES = ("general", "attention", "key_attention")
# Overdue for more than so many working days: by level.
ESCALATION = [("tier2_branch", 0), ("tier1_branch", 2), ("head_office", 4)]
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
    ("report_major", "Report of a major event"),
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    criterion = apps.get_model("loop", "MajorCriterion")
    criterion.objects.bulk_create(criterion(code=code, name_zh=zh, name_en=en) for code, zh, en in CRITERIA)
    limit = apps.get_model("loop", "TimeLimit")
    limit.objects.bulk_create(
        limit(
            step="report_major",
            grade=grade,
            days=MAJOR_DAYS,
            warn_before=MAJOR_WARNING,
            effective_from=BEGINNING,
        )
        for grade in GRADES
    )
    rule = apps.get_model("loop", "EscalationRule")
    rule.objects.bulk_create(
        rule(level=level, days=days, effective_from=BEGINNING) for level, days in ESCALATION
    )


def _key() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **how: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **how)


PERSON = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0015_closure_in_full"), migrations.swappable_dependency(PERSON)]
    operations: ClassVar = [
        migrations.AlterField("timelimit", "step", models.TextField(choices=STEPS)),
        migrations.CreateModel(
            name="MajorCriterion",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={"verbose_name": "criterion of a major event"},
        ),
        migrations.CreateModel(
            name="EscalationRule",
            fields=[
                ("id", _key()),
                ("level", models.TextField()),
                ("days", models.PositiveSmallIntegerField()),
                ("effective_from", models.DateField()),
            ],
            options={
                "verbose_name": "rule of escalation",
                "constraints": [
                    models.UniqueConstraint(fields=("level", "effective_from"), name="one_escalation_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="ExceptionReport",
            fields=[
                ("id", _key()),
                ("words", models.TextField()),
                ("known_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_note", models.TextField(blank=True)),
                ("reported_at", models.DateTimeField(null=True)),
                ("reported_on", models.DateField(null=True)),
                ("reference", models.TextField(blank=True)),
                ("acknowledged_by", _to(PERSON, null=True, related_name="+")),
                ("criterion", _to("loop.majorcriterion", null=True)),
                ("event", _to("loop.quasievent", related_name="exception_reports")),
                ("made_by", _to(PERSON, related_name="+")),
                ("reported_by", _to(PERSON, null=True, related_name="+")),
            ],
            options={
                "verbose_name": "exception report",
                "indexes": [models.Index(fields=["made_at"], name="exception_made")],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(*secured_by_event("loop_exceptionreport")),
    ]
