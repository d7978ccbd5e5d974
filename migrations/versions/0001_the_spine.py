"""The spine"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "beat",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_beat")),
    )
    op.create_table(
        "capability_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_link")),
        sa.UniqueConstraint("purpose", "subject_id", name=op.f("uq_capability_link_purpose_subject_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_capability_link_token_hash")),
    )
    op.create_table(
        "follower",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("address", name=op.f("uq_follower_address")),
        sa.UniqueConstraint("key", name=op.f("uq_follower_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("fact", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_programme_id_id"), ["programme_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_history_subject_subject_id_id"), ["subject", "subject_id", "id"], unique=False
        )

    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "done", "failed", name="jobstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
        sa.UniqueConstraint("once", name=op.f("uq_job_once")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_waiting",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )

    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organisation_folded_name")),
        sa.UniqueConstraint("key", name=op.f("uq_organisation_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("mail", sa.String(length=80), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                "abandoned",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mail_key")),
        sa.UniqueConstraint("once", name=op.f("uq_outbox_mail_once")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_mail_waiting",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )

    op.create_table(
        "person",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "restricted",
                "erased",
                "merged_into",
                name="personstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key")),
    )
    op.create_table(
        "programme",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("convening_body", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("active", "closed", name="programmestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_programme_dates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("key", name=op.f("uq_programme_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_programme_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_programme_slug")),
    )
    op.create_table(
        "user_account",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("key", name=op.f("uq_user_account_key")),
    )
    op.create_table(
        "affiliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_affiliation_dates")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_affiliation_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_affiliation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
    )
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_affiliation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "event",
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
            "state",
            sa.Enum(
                "draft",
                "scheduled",
                "open",
                "closed",
                "live",
                "held",
                "record_agreed",
                "archived",
                "postponed",
                "cancelled",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=600), nullable=False),
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
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "time",
                "day",
                "month",
                "to_be_confirmed",
                name="precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_local", sa.DateTime(), nullable=True),
        sa.Column("ends_local", sa.DateTime(), nullable=True),
        sa.Column("starts_fold", sa.Integer(), nullable=False),
        sa.Column("ends_fold", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("town", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("online_link", sa.String(length=500), nullable=False),
        sa.Column("access_information", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("holds_seats", sa.Boolean(), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconfirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.Column("no_record_reason", sa.String(length=600), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("went_live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "admission <> 'by_invitation' OR state <> 'open'", name=op.f("ck_event_closed_door_never_open")
        ),
        sa.CheckConstraint(
            "precision <> 'time' OR (starts_local IS NOT NULL AND ends_local IS NOT NULL)",
            name=op.f("ck_event_exact_times"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('cancelled','postponed') OR state_reason <> ''", name=op.f("ck_event_reason_given")
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled','open','closed','live','held') OR starts_local IS NOT NULL",
            name=op.f("ck_event_dated"),
        ),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_event_capacity")),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at IS NULL OR ends_at >= starts_at", name=op.f("ck_event_ends_after_start")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_event_reserved")),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_event_chair_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_event_programme_id")),
        sa.ForeignKeyConstraint(["secretary_id"], ["person.id"], name=op.f("fk_event_secretary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_event_id_programme_id")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_due", ["state", "starts_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_programme_id_starts_at"), ["programme_id", "starts_at"], unique=False
        )

    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_alias_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_alias")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organisation_alias_folded_name")),
    )
    op.create_table(
        "person_email",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_email_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_email")),
        sa.UniqueConstraint("address", name=op.f("uq_person_email_address")),
    )
    with op.batch_alter_table("person_email", schema=None) as batch_op:
        batch_op.create_index(
            "uq_person_email_primary",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("is_primary = 1"),
            postgresql_where=sa.text("is_primary"),
        )

    op.create_table(
        "reference_counter",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_reference_counter_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "letter", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "convenor",
                "secretary",
                "theme_lead",
                "reviewer",
                "observer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("user_id", "programme_id", "role", name=op.f("uq_role_grant_user_id_programme_id_role")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_in_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "signed_in_session",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_signed_in_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in_session")),
        sa.UniqueConstraint("key", name=op.f("uq_signed_in_session_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_session_token_hash")),
    )
    with op.batch_alter_table("signed_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_in_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "theme_group",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=600), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "active",
                "dormant",
                "closed",
                name="themestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("closing_reason", sa.String(length=600), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' OR successor_id IS NOT NULL OR closing_reason <> ''",
            name=op.f("ck_theme_group_closed_with_successor_or_reason"),
        ),
        sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name=op.f("ck_theme_group_successor_differs")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_theme_group_programme_id")),
        sa.ForeignKeyConstraint(
            ["successor_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_theme_group_successor_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_group")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_theme_group_id_programme_id")),
        sa.UniqueConstraint("key", name=op.f("uq_theme_group_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_theme_group_slug")),
    )
    with op.batch_alter_table("theme_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_theme_group_programme_id_position"), ["programme_id", "position"], unique=False
        )

    op.create_table(
        "agenda_item",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("presenter", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("open", "internal", name="agendakind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1440", name=op.f("ck_agenda_item_minutes")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_agenda_item_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_agenda_item_id_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_agenda_item_key")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_event_id_position"), ["event_id", "position"], unique=False)

    op.create_table(
        "event_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "time",
                "day",
                "month",
                "to_be_confirmed",
                name="precision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=True),
        sa.Column("ends_local", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_date_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_date")),
    )
    with op.batch_alter_table("event_date", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_date_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("owns", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_event_theme_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_event_theme_theme_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_theme")),
        sa.UniqueConstraint("event_id", "theme_id", name=op.f("uq_event_theme_event_id_theme_id")),
    )
    with op.batch_alter_table("event_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_theme_theme_id"), ["theme_id"], unique=False)
        batch_op.create_index(
            "uq_event_theme_owner",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("owns = 1"),
            postgresql_where=sa.text("owns"),
        )

    op.create_table(
        "feedback_form",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "published",
                name="formstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_feedback_form_published")
        ),
        sa.CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name=op.f("ck_feedback_form_opened")),
        sa.CheckConstraint("state IN ('draft','open') OR closed_at IS NOT NULL", name=op.f("ck_feedback_form_closed")),
        sa.CheckConstraint("asked >= 0", name=op.f("ck_feedback_form_asked")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_feedback_form_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_form")),
        sa.UniqueConstraint("event_id", name=op.f("uq_feedback_form_event_id")),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_feedback_form_id_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_form_key")),
    )
    op.create_table(
        "interest",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending", "active", "ended", name="intereststate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("consent_wording", sa.String(length=40), nullable=False),
        sa.Column("consent_page", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_interest_follower_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme_group.id"], name=op.f("fk_interest_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("key", name=op.f("uq_interest_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interest_theme_id_state_follower_id"), ["theme_id", "state", "follower_id"], unique=False
        )
        batch_op.create_index(
            "ix_interest_unconfirmed",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "uq_interest_live",
            ["follower_id", "theme_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('pending','active')"),
            postgresql_where=sa.text("state IN ('pending','active')"),
        )

    op.create_table(
        "invitation",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "accepted",
                "declined",
                "reconfirm",
                "expired",
                "withdrawn",
                name="invitationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("apology", sa.String(length=600), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_invitation_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_invitation_id_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_event_id_state"), ["event_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_invitation_live",
            ["event_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft','sent','accepted','declined','reconfirm')"),
            postgresql_where=sa.text("state IN ('draft','sent','accepted','declined','reconfirm')"),
        )

    op.create_table(
        "record",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "circulated",
                "agreed",
                "published",
                name="recordstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("circulated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_by", sa.String(length=40), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('agreed','published') OR agreed_on IS NOT NULL", name=op.f("ck_record_agreed_on_a_date")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_record_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("event_id", name=op.f("uq_record_event_id")),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_record_id_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_record_key")),
    )
    op.create_table(
        "theme_term",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("lead", "member", name="termrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_theme_term_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_theme_term_person_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme_group.id"], name=op.f("fk_theme_term_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_term")),
        sa.UniqueConstraint("key", name=op.f("uq_theme_term_key")),
    )
    with op.batch_alter_table("theme_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_term_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_theme_term_theme_id_starts_on"), ["theme_id", "starts_on"], unique=False)

    op.create_table(
        "agenda_item_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_item_id", "event_id"],
            ["agenda_item.id", "agenda_item.event_id"],
            name=op.f("fk_agenda_item_theme_agenda_item_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_agenda_item_theme_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_agenda_item_theme_theme_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item_theme")),
        sa.UniqueConstraint("agenda_item_id", "theme_id", name=op.f("uq_agenda_item_theme_agenda_item_id_theme_id")),
    )
    with op.batch_alter_table("agenda_item_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "feedback_question",
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scale", "choice", "text", name="questionkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_feedback_question_asks_something")),
        sa.ForeignKeyConstraint(["form_id"], ["feedback_form.id"], name=op.f("fk_feedback_question_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_question")),
        sa.UniqueConstraint("id", "form_id", name=op.f("uq_feedback_question_id_form_id")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_question_key")),
    )
    with op.batch_alter_table("feedback_question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_question_form_id_position"), ["form_id", "position"], unique=False
        )

    op.create_table(
        "outcome",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "decision",
                "agreement",
                "finding",
                "commitment",
                "issue",
                name="outcomekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "provisional",
                "confirmed",
                "struck",
                "superseded",
                name="outcomestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=600), nullable=False),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by_id IS NOT NULL)", name=op.f("ck_outcome_superseded_by_one")
        ),
        sa.CheckConstraint("state <> 'struck' OR state_reason <> ''", name=op.f("ck_outcome_struck_with_reason")),
        sa.CheckConstraint("published_at IS NULL OR NOT private", name=op.f("ck_outcome_private_never_published")),
        sa.ForeignKeyConstraint(
            ["agenda_item_id", "event_id"],
            ["agenda_item.id", "agenda_item.event_id"],
            name=op.f("fk_outcome_agenda_item_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_outcome_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_outcome_programme_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id", "programme_id"],
            ["outcome.id", "outcome.programme_id"],
            name=op.f("fk_outcome_superseded_by_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_outcome_theme_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_outcome_id_event_id")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_outcome_id_programme_id")),
        sa.UniqueConstraint("key", name=op.f("uq_outcome_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_outcome_reference")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_event_id_id"), ["event_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_theme_id_id"), ["theme_id", "id"], unique=False)

    op.create_table(
        "record_note",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_item_id", "event_id"],
            ["agenda_item.id", "agenda_item.event_id"],
            name=op.f("fk_record_note_agenda_item_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id", "event_id"], ["record.id", "record.event_id"], name=op.f("fk_record_note_record_id_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_note")),
        sa.UniqueConstraint("key", name=op.f("uq_record_note_key")),
        sa.UniqueConstraint("record_id", "agenda_item_id", name=op.f("uq_record_note_record_id_agenda_item_id")),
    )
    with op.batch_alter_table("record_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_note_record_id_position"), ["record_id", "position"], unique=False)

    op.create_table(
        "record_person",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "presence",
            sa.Enum("present", "apologies", name="presence", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("secretariat", sa.Boolean(), nullable=False),
        sa.Column("interest", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_person_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_person_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_person")),
        sa.UniqueConstraint("key", name=op.f("uq_record_person_key")),
        sa.UniqueConstraint("record_id", "person_id", name=op.f("uq_record_person_record_id_person_id")),
    )
    op.create_table(
        "record_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "circulated",
                "agreed",
                "published",
                name="recordstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_version_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_version")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_record_version_record_id_number")),
    )
    op.create_table(
        "registration",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("pool", sa.String(length=40), nullable=False),
        sa.Column("queue_number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "confirmed",
                "waitlisted",
                "refused",
                "offered",
                "lapsed",
                "reconfirm",
                "cancelled",
                "attended",
                "no_show",
                "walk_in",
                name="registrationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=600), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("override_reason", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state <> 'offered' OR offer_expires_at IS NOT NULL", name=op.f("ck_registration_offer_has_an_end")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR state_reason <> ''", name=op.f("ck_registration_refused_with_reason")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_event_id")),
        sa.ForeignKeyConstraint(
            ["invitation_id", "event_id"],
            ["invitation.id", "invitation.event_id"],
            name=op.f("fk_registration_invitation_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint(
            "event_id", "pool", "queue_number", name=op.f("uq_registration_event_id_pool_queue_number")
        ),
        sa.UniqueConstraint("id", "event_id", name=op.f("uq_registration_id_event_id")),
        sa.UniqueConstraint("key", name=op.f("uq_registration_key")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_event_id_state_queue_number"),
            ["event_id", "state", "queue_number"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_registration_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_registration_live",
            ["event_id", "person_id"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('requested','confirmed','waitlisted','offered','reconfirm','attended','no_show','walk_in')"
            ),
            postgresql_where=sa.text(
                "state IN ('requested','confirmed','waitlisted','offered','reconfirm','attended','no_show','walk_in')"
            ),
        )

    op.create_table(
        "access_need",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("dietary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_access_need_registration_id")),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_access_need")),
    )
    op.create_table(
        "action",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "in_progress",
                "reported_complete",
                "verified",
                "dropped",
                "superseded",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(length=600), nullable=False),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("first_due", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("reported_by", sa.String(length=40), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by_id IS NOT NULL)", name=op.f("ck_action_superseded_by_one")
        ),
        sa.CheckConstraint(
            "state NOT IN ('dropped') OR state_reason <> ''", name=op.f("ck_action_dropped_with_reason")
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_action_says_something")),
        sa.CheckConstraint("(due IS NULL) = (first_due IS NULL)", name=op.f("ck_action_due_like_first_due")),
        sa.CheckConstraint("published_at IS NULL OR NOT private", name=op.f("ck_action_private_never_published")),
        sa.ForeignKeyConstraint(
            ["event_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_action_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_action_organisation_id")),
        sa.ForeignKeyConstraint(
            ["outcome_id", "event_id"], ["outcome.id", "outcome.event_id"], name=op.f("fk_action_outcome_id_event_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_action_programme_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id", "programme_id"],
            ["action.id", "action.programme_id"],
            name=op.f("fk_action_superseded_by_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_action_theme_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_action_id_programme_id")),
        sa.UniqueConstraint("key", name=op.f("uq_action_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_action_reference")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_event_id_id"), ["event_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_action_programme_id_state_due_id"), ["programme_id", "state", "due", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_action_theme_id_state_due_id"), ["theme_id", "state", "due", "id"], unique=False
        )

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_check_in_registration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(
            "uq_check_in_standing",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "feedback_mark",
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["feedback_form.id"], name=op.f("fk_feedback_mark_form_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_feedback_mark_registration_id")
        ),
        sa.PrimaryKeyConstraint("form_id", "registration_id", name=op.f("pk_feedback_mark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "registration_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "confirmed",
                "waitlisted",
                "refused",
                "offered",
                "lapsed",
                "reconfirm",
                "cancelled",
                "attended",
                "no_show",
                "walk_in",
                name="registrationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_registration_move_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_move")),
    )
    with op.batch_alter_table("registration_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_move_registration_id_id"), ["registration_id", "id"], unique=False
        )

    op.create_table(
        "action_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "in_progress",
                "reported_complete",
                "verified",
                "dropped",
                "superseded",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_move_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_move")),
    )
    with op.batch_alter_table("action_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_move_action_id_id"), ["action_id", "id"], unique=False)

    op.create_table(
        "action_redate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("old_due", sa.Date(), nullable=False),
        sa.Column("new_due", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_action_redate_reason_given")),
        sa.CheckConstraint("old_due <> new_due", name=op.f("ck_action_redate_moved")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_redate_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_redate")),
    )
    with op.batch_alter_table("action_redate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_redate_action_id_id"), ["action_id", "id"], unique=False)

    op.create_table(
        "action_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id", "programme_id"],
            ["action.id", "action.programme_id"],
            name=op.f("fk_action_theme_action_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id", "programme_id"],
            ["theme_group.id", "theme_group.programme_id"],
            name=op.f("fk_action_theme_theme_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_theme")),
        sa.UniqueConstraint("action_id", "theme_id", name=op.f("uq_action_theme_action_id_theme_id")),
    )
    with op.batch_alter_table("action_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "feedback_link",
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.String(length=22), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.String(length=40), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=600), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_reason <> ''", name=op.f("ck_feedback_link_withdrawn_with_reason")
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_feedback_link_says_something")),
        sa.ForeignKeyConstraint(
            ["action_id", "programme_id"],
            ["action.id", "action.programme_id"],
            name=op.f("fk_feedback_link_action_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "programme_id"],
            ["event.id", "event.programme_id"],
            name=op.f("fk_feedback_link_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["form_id", "event_id"],
            ["feedback_form.id", "feedback_form.event_id"],
            name=op.f("fk_feedback_link_form_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "form_id"],
            ["feedback_question.id", "feedback_question.form_id"],
            name=op.f("fk_feedback_link_question_id_form_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_link")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_link_key")),
    )
    with op.batch_alter_table("feedback_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_link_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            "uq_feedback_link_standing",
            ["form_id", "response_id", "question_id", "action_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "progress_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "in_progress",
                "reported_complete",
                "verified",
                "dropped",
                "superseded",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name=op.f("ck_progress_update_percent")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_progress_update_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_update")),
    )
    with op.batch_alter_table("progress_update", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_update_action_id_id"), ["action_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("progress_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_update_action_id_id"))

    op.drop_table("progress_update")
    with op.batch_alter_table("feedback_link", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_feedback_link_standing",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_feedback_link_action_id"))

    op.drop_table("feedback_link")
    with op.batch_alter_table("action_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_theme_theme_id"))

    op.drop_table("action_theme")
    with op.batch_alter_table("action_redate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_redate_action_id_id"))

    op.drop_table("action_redate")
    with op.batch_alter_table("action_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_move_action_id_id"))

    op.drop_table("action_move")
    with op.batch_alter_table("registration_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_move_registration_id_id"))

    op.drop_table("registration_move")
    op.drop_table("feedback_mark")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_check_in_standing",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.drop_table("check_in")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_theme_id_state_due_id"))
        batch_op.drop_index(batch_op.f("ix_action_programme_id_state_due_id"))
        batch_op.drop_index(batch_op.f("ix_action_owner_id"))
        batch_op.drop_index(batch_op.f("ix_action_event_id_id"))

    op.drop_table("action")
    op.drop_table("access_need")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registration_live",
            sqlite_where=sa.text(
                "state IN ('requested','confirmed','waitlisted','offered','reconfirm','attended','no_show','walk_in')"
            ),
            postgresql_where=sa.text(
                "state IN ('requested','confirmed','waitlisted','offered','reconfirm','attended','no_show','walk_in')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_registration_person_id"))
        batch_op.drop_index(batch_op.f("ix_registration_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_registration_event_id_state_queue_number"))

    op.drop_table("registration")
    op.drop_table("record_version")
    op.drop_table("record_person")
    with op.batch_alter_table("record_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_note_record_id_position"))

    op.drop_table("record_note")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_theme_id_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_event_id_id"))

    op.drop_table("outcome")
    with op.batch_alter_table("feedback_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_question_form_id_position"))

    op.drop_table("feedback_question")
    with op.batch_alter_table("agenda_item_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_theme_theme_id"))

    op.drop_table("agenda_item_theme")
    with op.batch_alter_table("theme_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_term_theme_id_starts_on"))
        batch_op.drop_index(batch_op.f("ix_theme_term_person_id"))

    op.drop_table("theme_term")
    op.drop_table("record")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invitation_live",
            sqlite_where=sa.text("state IN ('draft','sent','accepted','declined','reconfirm')"),
            postgresql_where=sa.text("state IN ('draft','sent','accepted','declined','reconfirm')"),
        )
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_event_id_state"))

    op.drop_table("invitation")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_interest_live",
            sqlite_where=sa.text("state IN ('pending','active')"),
            postgresql_where=sa.text("state IN ('pending','active')"),
        )
        batch_op.drop_index(
            "ix_interest_unconfirmed",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_interest_theme_id_state_follower_id"))

    op.drop_table("interest")
    op.drop_table("feedback_form")
    with op.batch_alter_table("event_theme", schema=None) as batch_op:
        batch_op.drop_index("uq_event_theme_owner", sqlite_where=sa.text("owns = 1"), postgresql_where=sa.text("owns"))
        batch_op.drop_index(batch_op.f("ix_event_theme_theme_id"))

    op.drop_table("event_theme")
    with op.batch_alter_table("event_date", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_date_event_id"))

    op.drop_table("event_date")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_event_id_position"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("theme_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_group_programme_id_position"))

    op.drop_table("theme_group")
    with op.batch_alter_table("signed_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_in_session_user_id"))

    op.drop_table("signed_in_session")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_user_id"))

    op.drop_table("sign_in_link")
    op.drop_table("role_grant")
    op.drop_table("reference_counter")
    with op.batch_alter_table("person_email", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_person_email_primary", sqlite_where=sa.text("is_primary = 1"), postgresql_where=sa.text("is_primary")
        )

    op.drop_table("person_email")
    op.drop_table("organisation_alias")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_programme_id_starts_at"))
        batch_op.drop_index("ix_event_due")

    op.drop_table("event")
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_affiliation_person_id"))

    op.drop_table("affiliation")
    op.drop_table("user_account")
    op.drop_table("programme")
    op.drop_table("person")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_mail_waiting",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )

    op.drop_table("outbox_mail")
    op.drop_table("organisation")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_waiting", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")
        )

    op.drop_table("job")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_subject_subject_id_id"))
        batch_op.drop_index(batch_op.f("ix_history_programme_id_id"))

    op.drop_table("history")
    op.drop_table("follower")
    op.drop_table("capability_link")
    op.drop_table("beat")
