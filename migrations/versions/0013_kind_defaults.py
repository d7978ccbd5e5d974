"""What events of a kind begin with; non-attributed events"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("non_attributed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "kind_defaults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "round_table",
                "summit",
                "conference",
                "meeting",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "admission",
            sa.Enum(
                "by_invitation",
                "by_approval",
                "open",
                name="admission",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("holds_seats", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("agenda", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("feedback_from_id", sa.Integer(), nullable=True),
        sa.Column("papers_days", sa.Integer(), nullable=False),
        sa.Column("answers_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_kind_defaults_capacity")),
        sa.CheckConstraint("papers_days >= 0 AND answers_days >= 0", name=op.f("ck_kind_defaults_days")),
        sa.ForeignKeyConstraint(
            ["feedback_from_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_kind_defaults_feedback_from_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_kind_defaults_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind_defaults")),
        sa.UniqueConstraint("programme_id", "kind", name=op.f("uq_kind_defaults_programme_id_kind")),
    )


def downgrade() -> None:
    op.drop_table("kind_defaults")
    with op.batch_alter_table("event") as batch:
        batch.drop_column("non_attributed")
