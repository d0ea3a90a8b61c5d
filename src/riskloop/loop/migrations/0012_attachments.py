"""Files that people attach: a line says it for good, but that it may be struck through once."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_event

FORWARD = """
CREATE FUNCTION loop_attachment_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    strike text[] := '{struck_at,struck_reason}';
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL
        AND to_jsonb(NEW) - strike = to_jsonb(OLD) - strike THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'attachments are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER attachment_no_change BEFORE UPDATE OR DELETE ON loop_attachment
    FOR EACH ROW EXECUTE FUNCTION loop_attachment_refuse();
CREATE TRIGGER attachment_no_truncate BEFORE TRUNCATE ON loop_attachment
    FOR EACH STATEMENT EXECUTE FUNCTION loop_attachment_refuse();
"""
BACKWARD = """
DROP TRIGGER attachment_no_truncate ON loop_attachment;
DROP TRIGGER attachment_no_change ON loop_attachment;
DROP FUNCTION loop_attachment_refuse();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loop", "0011_saved_filters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "purpose",
                    models.TextField(
                        choices=[
                            ("event", "The event"),
                            ("query_round", "Answer to a query"),
                            ("measure", "Measure"),
                            ("appeal", "Appeal"),
                            ("exception_report", "Exception report"),
                        ]
                    ),
                ),
                ("object_id", models.TextField()),
                ("name", models.TextField()),
                ("size", models.BigIntegerField()),
                ("media_type", models.TextField()),
                ("sha256", models.TextField()),
                ("about", models.TextField(blank=True)),
                ("uploaded_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(null=True)),
                ("struck_reason", models.TextField(blank=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="loop.quasievent",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "ordering": ["uploaded_at", "id"],
                "indexes": [models.Index(fields=["sha256"], name="attachment_hash")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(*secured_by_event("loop_attachment")),
    ]
