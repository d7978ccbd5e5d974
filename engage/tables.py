"""Imports every `models.py`, so that the metadata is whole: for Alembic, `db check` and the tests."""

from __future__ import annotations

import engage.accounts.models
import engage.attendance.models
import engage.core.facts
import engage.core.jobs
import engage.core.links
import engage.core.outbox
import engage.core.worker
import engage.events.models
import engage.feedback.models
import engage.following.models
import engage.outcomes.models
import engage.papers.models
import engage.people.models
import engage.programmes.models
import engage.themes.models  # noqa: F401 -- imported for their tables
from engage.core.db import db

metadata = db.metadata
