"""Publication set for an instant to come"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = ("event", "programme", "theme_group")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("announce_at", sa.DateTime(timezone=True), nullable=True))
            batch.create_index(batch.f(f"ix_{table}_announce_at"), ["announce_at"])
            batch.create_check_constraint(
                batch.f(f"ck_{table}_announced_once"), "published_at IS NULL OR announce_at IS NULL"
            )


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(f"ck_{table}_announced_once"), type_="check")
            batch.drop_index(batch.f(f"ix_{table}_announce_at"))
            batch.drop_column("announce_at")
