"""An index by level: of a large bank the upper levels alone are listed."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisation", "0013_functions_of_governance")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                fields=["level", "path"], name="unit_level_path", opclasses=["text_ops", "text_pattern_ops"]
            ),
        ),
    ]
