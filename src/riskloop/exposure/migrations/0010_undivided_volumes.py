"""What exposure reads of volumes that are known only of a whole month, quarter or year: a view of the lists.

Rows are read with the reader's own reach, as those of the lists are.
"""

from django.db import migrations

VIEW = """
CREATE VIEW exposure_undividedvolume WITH (security_invoker = true) AS
SELECT first, months, unit_id, teller_id, business, volume
FROM bulletin_listedvolume WHERE months > 0 AND volume > 0
"""


class Migration(migrations.Migration):
    dependencies = [("exposure", "0003_exposure_by_month"), ("bulletin", "0001_initial")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW exposure_undividedvolume")]
