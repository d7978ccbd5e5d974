"""Sign-ups to sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "session_check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id", "event_id"],
            ["registration.id", "registration.event_id"],
            name=op.f("fk_session_check_in_registration_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "event_id"],
            ["session.id", "session.event_id"],
            name=op.f("fk_session_check_in_session_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_check_in")),
    )
    with op.batch_alter_table("session_check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_check_in_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(
            "uq_session_check_in_standing",
            ["session_id", "registration_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "sign_up",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "placed", "waiting", "ended", name="signupstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("queue_number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_sign_up_ended_at")),
        sa.ForeignKeyConstraint(
            ["registration_id", "event_id"],
            ["registration.id", "registration.event_id"],
            name=op.f("fk_sign_up_registration_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "event_id"], ["session.id", "session.event_id"], name=op.f("fk_sign_up_session_id_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_up_key")),
        sa.UniqueConstraint("session_id", "queue_number", name=op.f("uq_sign_up_session_id_queue_number")),
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_up_session_id_state_queue_number"),
            ["session_id", "state", "queue_number"],
            unique=False,
        )
        batch_op.create_index(
            "uq_sign_up_live",
            ["registration_id", "session_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('placed','waiting')"),
            postgresql_where=sa.text("state IN ('placed','waiting')"),
        )

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sign_up",
                sa.Enum("none", "optional", name="signups", native_enum=False, create_constraint=True, length=40),
                server_default="none",
                nullable=False,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_session_signups"), type_="check")
        batch_op.drop_column("sign_up")

    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_up_live",
            sqlite_where=sa.text("state IN ('placed','waiting')"),
            postgresql_where=sa.text("state IN ('placed','waiting')"),
        )
        batch_op.drop_index(batch_op.f("ix_sign_up_session_id_state_queue_number"))

    op.drop_table("sign_up")
    with op.batch_alter_table("session_check_in", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_session_check_in_standing",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_session_check_in_registration_id"))

    op.drop_table("session_check_in")
