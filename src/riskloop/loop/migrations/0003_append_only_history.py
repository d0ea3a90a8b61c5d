"""The database itself refuses to change or remove a line of the history."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION loop_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON loop_history
    FOR EACH ROW EXECUTE FUNCTION loop_history_refuse();
CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON loop_history
    FOR EACH STATEMENT EXECUTE FUNCTION loop_history_refuse();
"""
BACKWARD = """
DROP TRIGGER history_no_truncate ON loop_history;
DROP TRIGGER history_no_change ON loop_history;
DROP FUNCTION loop_history_refuse();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0002_relations")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
