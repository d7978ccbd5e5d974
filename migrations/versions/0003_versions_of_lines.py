"""An agenda item and a line of a record have versions; offers that lapse are found by an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = ("agenda_item", "record_person")
BEFORE = ("ix_registration_event_id_state_queue_number", ["event_id", "state", "queue_number"])
AFTER = (f"{BEFORE[0]}_offer_expires_at", [*BEFORE[1], "offer_expires_at"])


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("version", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
    op.drop_index(BEFORE[0], "registration")
    op.create_index(AFTER[0], "registration", AFTER[1])


def downgrade() -> None:
    op.drop_index(AFTER[0], "registration")
    op.create_index(BEFORE[0], "registration", BEFORE[1])
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("version")
