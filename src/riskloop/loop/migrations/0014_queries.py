"""Queries with their rounds, templates and lists. The templates are our proposal, to be changed as data."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event, secured_by_parent

METHODS = [
    ("1_papers", "内部资料核查", "Check of internal papers"),
    ("2_on_site", "现场核查", "On-site check"),
    ("3_call_back", "回访客户", "Call-back to the customer"),
    ("4_direct", "直接确认", "Direct confirmation"),
]
FAULTS = [
    ("1_incomplete", "内容不完整", "Content incomplete"),
    ("2_unclear", "表述不清", "Unclear"),
    ("3_key_step", "关键环节未核查", "Key step not checked"),
    ("4_source", "未消除风险源头", "Source of the risk not removed"),
    ("5_wording", "套用模板、答复雷同", "Wording of a template"),
]
KINDS = [
    ("query", "Query"),
    ("assistance", "Information assistance"),
    ("reconciliation", "Key reconciliation"),
    ("due_diligence", "Enhanced due diligence"),
]
STATES = [
    ("asked", "To be answered"),
    ("answered", "Answered"),
    ("accepted", "Answer accepted"),
    ("withdrawn", "Query withdrawn"),
]
# Code, kind, names, and the questions: Chinese, English, whether an answer is required.
TEMPLATES = [
    (
        "1_transaction",
        "query",
        "交易真实性",
        "Is the transaction genuine",
        [
            (
                "客户是否本人办理，身份如何核实？",
                "Did the customer act himself, and how was that verified?",
                True,
            ),
            ("资金来源、用途及交易背景是什么？", "Where does the money come from, and what is it for?", True),
            ("凭证与授权是否齐全、合规？", "Are vouchers and authorisation complete and by the rules?", True),
        ],
    ),
    (
        "2_teller",
        "query",
        "柜员操作",
        "What the teller did",
        [
            ("柜员为何如此操作，依据是什么？", "Why did the teller act so, by which rule?", True),
            (
                "现场监控与登记簿是否与账务一致？",
                "Do the recordings and registers agree with the books?",
                True,
            ),
            (
                "经办、授权人员与客户是否有利害关系？",
                "Have handler or authoriser an interest in the customer?",
                False,
            ),
        ],
    ),
    (
        "3_assistance",
        "assistance",
        "信息协查",
        "Information assistance",
        [
            (
                "请提供所列客户、账户的有关资料及说明。",
                "Please give papers and explanation of the customers and accounts.",
                True,
            )
        ],
    ),
    (
        "4_reconciliation",
        "reconciliation",
        "重点对账",
        "Key reconciliation",
        [
            ("与谁、于何时、以何种方式核对？", "With whom, when and how was it reconciled?", True),
            ("余额与发生额是否相符，差异原因？", "Do balance and movements agree; if not, why?", True),
        ],
    ),
    (
        "5_due_diligence",
        "due_diligence",
        "增强尽职调查",
        "Enhanced due diligence",
        [
            (
                "实际控制人、经营状况及上下游情况？",
                "Who controls the customer, what is his business and with whom?",
                True,
            ),
            (
                "是否建议调整客户等级或账户功能？",
                "Should his grade or the account's functions be changed?",
                True,
            ),
        ],
    ),
]
# Of these models a query always asks: how the code begins, Chinese, English.
ALWAYS = [
    (
        "B",
        "涉及的介质、印鉴或信息变更由谁申请，资料是否留存？",
        "Who asked for the change of medium, seal or data, and are the papers kept?",
    )
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    for name, lines in (("VerificationMethod", METHODS), ("QueryFault", FAULTS)):
        listed = apps.get_model("loop", name)
        listed.objects.bulk_create(listed(code=code, name_zh=zh, name_en=en) for code, zh, en in lines)
    template, question = apps.get_model("loop", "QueryTemplate"), apps.get_model("loop", "TemplateQuestion")
    for code, kind, zh, en, questions in TEMPLATES:
        made = template.objects.create(code=code, kind=kind, name_zh=zh, name_en=en)
        question.objects.bulk_create(
            question(template=made, position=n, text_zh=text_zh, text_en=text_en, required=required)
            for n, (text_zh, text_en, required) in enumerate(questions, start=1)
        )
    question.objects.bulk_create(
        question(of_models=begins, position=1, text_zh=zh, text_en=en) for begins, zh, en in ALWAYS
    )


def _listed(name: str, verbose_name: str, *more: Any) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("code", models.TextField(primary_key=True, serialize=False)),
            ("name_zh", models.TextField()),
            ("name_en", models.TextField()),
            ("retired_on", models.DateField(blank=True, null=True)),
            *more,
        ],
        options={"verbose_name": verbose_name},
    )


def _key() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **how: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **how)


PERSON = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0013_time_limits"), migrations.swappable_dependency(PERSON)]
    operations: ClassVar = [
        _listed("VerificationMethod", "method of verification"),
        _listed("QueryFault", "fault of an answer"),
        _listed("QueryTemplate", "template of queries", ("kind", models.TextField(choices=KINDS))),
        migrations.CreateModel(
            name="TemplateQuestion",
            fields=[
                ("id", _key()),
                ("of_models", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("text_zh", models.TextField()),
                ("text_en", models.TextField()),
                ("required", models.BooleanField(default=True)),
                ("retired_on", models.DateField(blank=True, null=True)),
                ("template", _to("loop.querytemplate", null=True, related_name="questions")),
            ],
            options={"verbose_name": "question of a template"},
        ),
        migrations.CreateModel(
            name="Query",
            fields=[
                ("id", _key()),
                ("number", models.PositiveSmallIntegerField()),
                ("kind", models.TextField(choices=KINDS)),
                ("state", models.TextField(choices=STATES, default="asked")),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_note", models.TextField(blank=True)),
                ("asked_by", _to(PERSON, related_name="+")),
                ("ended_by", _to(PERSON, null=True, related_name="+")),
                ("event", _to("loop.quasievent", related_name="queries")),
                ("unit", _to("organisation.unit", db_constraint=False, related_name="+")),
            ],
            options={
                "verbose_name": "query",
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["unit"], name="query_owed")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "number"), name="one_query_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryRound",
            fields=[
                ("id", _key()),
                ("number", models.PositiveSmallIntegerField()),
                ("questions", models.JSONField(default=list)),
                ("words", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("findings", models.TextField(blank=True)),
                ("answers", models.JSONField(default=list)),
                ("answered_by", _to(PERSON, null=True, related_name="+")),
                ("fault", _to("loop.queryfault", null=True)),
                ("method", _to("loop.verificationmethod", null=True)),
                ("query", _to("loop.query", related_name="rounds")),
                ("sent_by", _to(PERSON, related_name="+")),
            ],
            options={
                "verbose_name": "round of a query",
                "constraints": [
                    models.UniqueConstraint(fields=("query", "number"), name="one_round_a_number")
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(*secured_by_event("loop_query")),
        migrations.RunSQL(*secured_by_parent("loop_queryround", "loop_query", "query_id")),
    ]
