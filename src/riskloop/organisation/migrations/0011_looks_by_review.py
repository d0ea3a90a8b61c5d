"""Looks at personal data are seen by their reviewers alone (`organisation.row_security`)."""

from django.db import migrations

from riskloop.organisation.row_security import looks_secured_by_review


class Migration(migrations.Migration):
    dependencies = [("organisation", "0010_personal_data")]
    operations = [migrations.RunSQL(*looks_secured_by_review())]
