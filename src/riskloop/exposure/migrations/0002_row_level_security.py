"""Volumes are read within the reader's reach, as the events that they measure are."""

from django.db import migrations

from riskloop.organisation.row_security import secured_by_unit


class Migration(migrations.Migration):
    dependencies = [("exposure", "0001_initial"), ("organisation", "0002_over_time")]
    operations = [migrations.RunSQL(*secured_by_unit("exposure_dailyvolume"))]
