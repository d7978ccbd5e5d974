"""Series"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_number >= 1", name=op.f("ck_series_next_number")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_series_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_series_id_programme_id")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_series_programme_id_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_event_counted"), "(series_id IS NULL) = (number IS NULL)")
        batch_op.create_unique_constraint(batch_op.f("uq_event_series_id_number"), ["series_id", "number"])
        batch_op.create_foreign_key(
            batch_op.f("fk_event_series_id_programme_id"),
            "series",
            ["series_id", "programme_id"],
            ["id", "programme_id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_event_series_id_programme_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_event_counted"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_event_series_id_number"), type_="unique")
        batch_op.drop_column("number")
        batch_op.drop_column("series_id")

    op.drop_table("series")
