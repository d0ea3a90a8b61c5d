import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0003_seed_roles")]
    operations = [
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.ForeignKey(
                db_column="role",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.role",
            ),
        ),
    ]
