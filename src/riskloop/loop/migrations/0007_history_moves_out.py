"""The history is of every write of the system, and belongs to the floor below."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loop", "0006_daily_statistics"),
        ("organisation", "0005_history_of_every_write"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="History")]),
        migrations.AlterField(
            model_name="measure",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measures",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
