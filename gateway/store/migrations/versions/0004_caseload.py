"""The caseload: whose case it is, notes, complaints, digests, and what providers say of their room."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, column in (
        ("referrals", sa.Column("taken_at", sa.BigInteger(), nullable=True)),
        ("providers", sa.Column("asked_at", sa.BigInteger(), nullable=True)),
        ("providers", sa.Column("answered_at", sa.BigInteger(), nullable=True)),
        ("providers", sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0")),
        ("staff", sa.Column("away_until", sa.BigInteger(), nullable=True)),
        ("staff", sa.Column("given_at", sa.BigInteger(), nullable=True)),
    ):
        op.add_column(table, column)
    op.create_index("ix_referrals_staff_id_state", "referrals", ["staff_id", "state"])
    op.execute(  # those who stand in the directory already are asked from now on whether they have room
        "INSERT INTO timers (kind, subject_id, due_at, state, tries) "
        "SELECT 'capacity_plan', id, 0, 'due', 0 FROM providers"
    )
    op.execute(  # what was asked before requests had timers gets them
        "INSERT INTO timers (kind, subject_id, due_at, state, tries) "
        "SELECT 'referral_backfill', id, 0, 'due', 0 FROM referrals WHERE state = 'open'"
    )
    _notes_and_digests()
    _complaints()


def _notes_and_digests() -> None:
    op.create_table(
        "case_notes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=48), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_case_notes_referral_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_notes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_referral_id"), "case_notes", ["referral_id"])
    op.create_table(
        "digest_items",
        sa.Column("id", _ID, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.String(length=48), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("dedupe", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_digest_items_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_items")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_digest_items_dedupe")),
    )
    op.create_index("ix_digest_items_staff_id_told_at", "digest_items", ["staff_id", "told_at"])


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("wants_call", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("may_write", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        *[
            sa.ForeignKeyConstraint([f"{one}_id"], [f"{many}.id"], name=op.f(f"fk_complaints_{one}_id"))
            for one, many in (
                ("conversation", "conversations"),
                ("address", "addresses"),
                ("person", "people"),
                ("provider", "providers"),
                ("staff", "staff"),
            )
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("code", name=op.f("uq_complaints_code")),
    )
    op.create_index(op.f("ix_complaints_conversation_id"), "complaints", ["conversation_id"])
    op.create_table(
        "complaint_events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=48), nullable=False),
        sa.Column("detail", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_events_complaint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_events")),
    )
    op.create_index(op.f("ix_complaint_events_complaint_id"), "complaint_events", ["complaint_id"])
