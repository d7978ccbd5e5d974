"""Lists from files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "attendance_import_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.String(length=10), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_attendance_import_mapping_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_import_mapping")),
        sa.UniqueConstraint(
            "programme_id", "signature", name=op.f("uq_attendance_import_mapping_programme_id_signature")
        ),
    )
    op.create_table(
        "attendance_import",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "previewed",
                "running",
                "stopped",
                "failed",
                "done",
                "undoing",
                "undone",
                "discarded",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "makes",
            sa.Enum("invitees", "registrants", name="makes", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=100), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.String(length=10), nullable=False),
        sa.Column("with_cancelled", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.String(length=600), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attendance_import_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_import")),
        sa.UniqueConstraint("key", name=op.f("uq_attendance_import_key")),
    )
    with op.batch_alter_table("attendance_import") as batch:
        batch.create_index(batch.f("ix_attendance_import_event_id_id"), ["event_id", "id"])

    op.create_table(
        "attendance_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=True),
        sa.Column("problem", sa.String(length=600), nullable=False),
        sa.Column("doubt", sa.String(length=600), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("ticket", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fate",
            sa.Enum(
                "added",
                "waits",
                "invited",
                "registered",
                "same",
                "bad",
                "left_out",
                "taken_back",
                "kept",
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("why", sa.String(length=600), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("made_person", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["attendance_import.id"], name=op.f("fk_attendance_import_row_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_attendance_import_row_invitation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_import_row_person_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_attendance_import_row_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_import_row")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_attendance_import_row_import_id_number")),
    )
    with op.batch_alter_table("attendance_import_row") as batch:
        batch.create_index(
            batch.f("ix_attendance_import_row_import_id_settled_fate_number"),
            ["import_id", "settled", "fate", "number"],
        )
        batch.create_index(batch.f("ix_attendance_import_row_invitation_id"), ["invitation_id"])
        batch.create_index(batch.f("ix_attendance_import_row_person_id"), ["person_id"])
        batch.create_index(batch.f("ix_attendance_import_row_registration_id"), ["registration_id"])


def downgrade() -> None:
    with op.batch_alter_table("attendance_import_row") as batch:
        batch.drop_index(batch.f("ix_attendance_import_row_registration_id"))
        batch.drop_index(batch.f("ix_attendance_import_row_person_id"))
        batch.drop_index(batch.f("ix_attendance_import_row_invitation_id"))
        batch.drop_index(batch.f("ix_attendance_import_row_import_id_settled_fate_number"))

    op.drop_table("attendance_import_row")
    with op.batch_alter_table("attendance_import") as batch:
        batch.drop_index(batch.f("ix_attendance_import_event_id_id"))

    op.drop_table("attendance_import")
    op.drop_table("attendance_import_mapping")
