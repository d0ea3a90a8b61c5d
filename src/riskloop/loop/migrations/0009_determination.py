"""甄别 and 认定 in full: what is suspected and why, determinations with four eyes, who answers, what it cost.

The lists are those of the Basel text (event types) and our proposals (the others); a bank replaces the lines
by its own. What was determined before has a determination in force, whose event type nobody has said.
"""

import datetime as dt
from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event, secured_by_parent

BEGINNING = dt.date(1990, 1, 1)
SUSPICIONS = [
    ("no_papers", "凭证资料缺失或不符", "Papers missing or not matching"),
    ("no_background", "无真实交易背景", "No genuine business behind it"),
    ("rule_broken", "违反制度或操作流程", "A rule or procedure was broken"),
    ("no_authority", "未经授权或越权办理", "Done without or beyond authority"),
    ("own_business", "员工为自己或亲属办理业务", "Staff did business of their own or of relatives"),
    ("disputed", "客户否认或提出异议", "The customer denies or disputes it"),
    ("fraud", "疑似内外部欺诈", "Suspected fraud, internal or external"),
    ("account_misuse", "疑似出租出借账户或异常用途", "Account suspected rented out or misused"),
    ("system", "疑似系统或设备原因", "Suspected failure of a system or of equipment"),
    ("other", "其他", "Other"),
]
# Basel Committee, "Sound practices for the management and supervision of operational risk" (2003), annex.
EVENT_TYPES = [
    ("internal_fraud", "内部欺诈", "Internal fraud"),
    ("external_fraud", "外部欺诈", "External fraud"),
    ("employment", "就业制度和工作场所安全", "Employment practices and workplace safety"),
    ("clients", "客户、产品和业务活动", "Clients, products and business practices"),
    ("assets", "实物资产的损坏", "Damage to physical assets"),
    ("systems", "业务中断和信息科技系统失灵", "Business disruption and system failures"),
    ("execution", "执行、交割和流程管理", "Execution, delivery and process management"),
]
LEVELS = [
    ("1_direct", "直接责任", "Directly responsible"),
    ("2_main", "主要责任", "Mainly responsible"),
    ("3_management", "管理责任", "Responsible as manager"),
    ("4_leadership", "领导责任", "Responsible as leader"),
    ("5_supervision", "监督责任", "Responsible as supervisor"),
]
LISTS = [("SuspicionReason", SUSPICIONS), ("EventType", EVENT_TYPES), ("LiabilityLevel", LEVELS)]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    for name, lines in LISTS:
        listed = apps.get_model("loop", name)
        listed.objects.bulk_create(listed(code=code, name_zh=zh, name_en=en) for code, zh, en in lines)
    apps.get_model("loop", "ApprovalRule").objects.create(grade="key_attention", effective_from=BEGINNING)
    apps.get_model("loop", "Driver").objects.filter(level1="P").update(controllable=True)


def unseed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    for name, _lines in LISTS:
        apps.get_model("loop", name).objects.all().delete()


# The policy of the table would let the migration see nothing.
AS_THE_SYSTEM = "SELECT set_config('riskloop.reach', '*', true)"
CARRY_OVER = """
    UPDATE loop_quasievent SET
        clock_from = (found_at AT TIME ZONE current_setting('TimeZone'))::date,
        stage_since = COALESCE(closed_at, concluded_at, found_at);
    UPDATE loop_quasievent event SET controllable = event.outcome = 'internal' AND driver.controllable
        FROM loop_driver driver WHERE driver.id = event.driver_id;
    INSERT INTO loop_determination (event_id, standing, outcome, driver_id, controllable, grade, score,
        loss, recovered, near_miss, note, proposed_by_id, proposed_at, decision_note)
    SELECT id, 'in_force', outcome, driver_id, controllable, grade, score, 0, 0, 0, conclusion_note,
        concluded_by_id, concluded_at, ''
    FROM loop_quasievent WHERE driver_id IS NOT NULL AND concluded_by_id IS NOT NULL;
"""


def _listed(name: str, verbose_name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("code", models.TextField(primary_key=True, serialize=False)),
            ("name_zh", models.TextField()),
            ("name_en", models.TextField()),
            ("retired_on", models.DateField(blank=True, null=True)),
        ],
        options={"verbose_name": verbose_name},
    )


def _key() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **how: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **how)


STATES = [
    ("new", "New"),
    ("assigned", "Assigned"),
    ("suspected", "Suspected"),
    ("rated", "To be approved"),
    ("determined", "Determined"),
    ("excluded", "Excluded"),
    ("closed", "Closed"),
]
OUTCOMES = [
    ("excluded", "No event"),
    ("internal", "Internal event"),
    ("external", "External event"),
    ("case_clue", "Case clue"),
]
GRADES = [("general", "General"), ("attention", "Attention"), ("key_attention", "Key attention")]
STANDINGS = [
    ("proposed", "To be approved"),
    ("in_force", "In force"),
    ("sent_back", "Sent back"),
    ("annulled", "Annulled"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loop", "0008_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        _listed("SuspicionReason", "reason for suspicion"),
        _listed("EventType", "event type"),
        _listed("LiabilityLevel", "level of responsibility"),
        migrations.CreateModel(
            name="ApprovalRule",
            fields=[
                ("id", _key()),
                ("grade", models.TextField(choices=GRADES)),
                ("effective_from", models.DateField(unique=True)),
            ],
            options={"verbose_name": "rule of approval"},
        ),
        migrations.AddField("driver", "controllable", models.BooleanField(default=False)),
        migrations.AddField("exclusionreason", "retired_on", models.DateField(blank=True, null=True)),
        migrations.AddField(
            "quasievent", "clock_from", models.DateField(default=django.utils.timezone.localdate)
        ),
        migrations.AddField(
            "quasievent", "stage_since", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.AddField("quasievent", "controllable", models.BooleanField(null=True)),
        migrations.AddField("quasievent", "snoozed_until", models.DateField(null=True)),
        migrations.AddField("quasievent", "suspicion", _to("loop.suspicionreason", null=True)),
        migrations.AddField("quasievent", "suspicion_note", models.TextField(blank=True)),
        migrations.AlterField("quasievent", "outcome", models.TextField(blank=True, choices=OUTCOMES)),
        migrations.AlterField("quasievent", "state", models.TextField(choices=STATES, default="new")),
        migrations.CreateModel(
            name="Determination",
            fields=[
                ("id", _key()),
                ("standing", models.TextField(choices=STANDINGS)),
                ("outcome", models.TextField(choices=OUTCOMES)),
                ("controllable", models.BooleanField()),
                ("grade", models.TextField(choices=GRADES)),
                ("score", models.DecimalField(decimal_places=2, max_digits=9)),
                ("loss", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("recovered", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("near_miss", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("note", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_note", models.TextField(blank=True)),
                ("decided_by", _to(settings.AUTH_USER_MODEL, null=True, related_name="+")),
                ("driver", _to("loop.driver", related_name="+")),
                ("event", _to("loop.quasievent", related_name="determinations")),
                ("event_type", _to("loop.eventtype", null=True)),
                ("other_drivers", models.ManyToManyField(related_name="+", to="loop.driver")),
                ("proposed_by", _to(settings.AUTH_USER_MODEL, related_name="+")),
            ],
            options={
                "verbose_name": "determination",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("standing__in", ("proposed", "in_force"))),
                        fields=("event",),
                        name="one_determination_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("loss__gte", 0), ("recovered__gte", 0), ("near_miss__gte", 0)),
                        name="no_negative_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recovered__lte", models.F("loss"))),
                        name="no_more_recovered_than_lost",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Responsible",
            fields=[
                ("id", _key()),
                ("staff_id", models.TextField(db_index=True)),
                ("determination", _to("loop.determination", related_name="responsible")),
                ("level", _to("loop.liabilitylevel")),
            ],
            options={
                "verbose_name": "responsible person",
                "constraints": [
                    models.UniqueConstraint(fields=("determination", "staff_id"), name="one_level_a_person")
                ],
            },
        ),
        migrations.AddIndex(
            "quasievent",
            models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["assignee", "state"],
                name="event_in_hand",
            ),
        ),
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(*secured_by_event("loop_determination")),
        migrations.RunSQL(*secured_by_parent("loop_responsible", "loop_determination", "determination_id")),
        migrations.RunSQL(
            *secured_by_parent("loop_determination_other_drivers", "loop_determination", "determination_id")
        ),
        # Last: what is inserted here holds its table until the transaction ends.
        migrations.RunSQL(AS_THE_SYSTEM, migrations.RunSQL.noop),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
