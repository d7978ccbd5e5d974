"""History only grows: the store itself refuses to change or delete a row of it"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

VERBS = ("UPDATE", "DELETE")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in VERBS:
            op.execute(
                f"CREATE TRIGGER history_{verb}_refused BEFORE {verb} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history only grows'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_refused BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION history_only_grows()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in VERBS:
            op.execute(f"DROP TRIGGER history_{verb}_refused")
        return
    op.execute("DROP TRIGGER history_refused ON history")
    op.execute("DROP FUNCTION history_only_grows()")
