"""Personal data in clear for a while, and a trace of every look."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from riskloop.organisation.row_security import secured_by_unit

FORWARD = """
CREATE FUNCTION organisation_look_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the traces are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER look_no_change BEFORE UPDATE OR DELETE ON organisation_look
    FOR EACH ROW EXECUTE FUNCTION organisation_look_refuse();
CREATE TRIGGER look_no_truncate BEFORE TRUNCATE ON organisation_look
    FOR EACH STATEMENT EXECUTE FUNCTION organisation_look_refuse();
"""
BACKWARD = """
DROP TRIGGER look_no_truncate ON organisation_look;
DROP TRIGGER look_no_change ON organisation_look;
DROP FUNCTION organisation_look_refuse();
"""
PERSON = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
)


class Migration(migrations.Migration):
    dependencies = [("organisation", "0009_tokens")]
    operations = [
        migrations.CreateModel(
            name="Unmasking",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("user", PERSON),
                ("object_type", models.TextField()),
                ("object_id", models.TextField()),
                ("unit_id", models.TextField(null=True)),
                ("reason", models.TextField()),
                ("granted_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "personal data in clear",
                "indexes": [
                    models.Index(fields=["user", "object_type", "object_id"], name="unmasking_object"),
                    models.Index(fields=["granted_at"], name="unmasking_granted"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("user", PERSON.clone()),
                ("role", models.TextField(blank=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("look", "Look, masked"),
                            ("clear_look", "Look in clear"),
                            ("export", "Export"),
                            ("api", "By the API, masked"),
                        ]
                    ),
                ),
                ("object_type", models.TextField()),
                ("object_id", models.TextField()),
                ("about", models.TextField(blank=True)),
                ("unit_id", models.TextField(null=True)),
                (
                    "customer_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("channel", models.TextField(blank=True)),
                ("address", models.TextField(blank=True)),
                ("rows", models.BigIntegerField(null=True)),
                ("query", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "look at personal data",
                "indexes": [
                    models.Index(fields=["user", "at"], name="look_user"),
                    models.Index(fields=["at"], name="look_at"),
                    models.Index(fields=["object_type", "object_id"], name="look_object"),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(*secured_by_unit("organisation_look")),
    ]
