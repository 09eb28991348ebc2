"""The directory: areas that can be searched, hours and languages of a service."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    service_areas = op.create_table(
        "service_areas",
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_areas_service_id")),
        sa.PrimaryKeyConstraint("need", "area", "service_id", name=op.f("pk_service_areas")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("service_areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_areas_service_id"), ["service_id"], unique=False)
    op.create_index(
        "ix_legs_service_id_closed_at_state", "legs", ["service_id", "closed_at", "state"], unique=False
    )
    op.create_index("ix_legs_service_id_opened_at", "legs", ["service_id", "opened_at"], unique=False)

    services = sa.table("services", sa.column("id"), sa.column("need"), sa.column("areas", sa.JSON()))
    rows = [
        {"need": need, "area": area, "service_id": service_id}
        for service_id, need, areas in op.get_bind().execute(sa.select(services)).all()
        for area in sorted(set(areas))
    ]
    if rows:
        op.bulk_insert(service_areas, rows)
    op.drop_column("services", "areas")
    op.add_column("services", sa.Column("languages", sa.JSON(), nullable=True))
    op.add_column("services", sa.Column("hours", sa.JSON(), nullable=True))

    op.add_column("providers", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("providers", sa.Column("website", sa.String(length=500), nullable=True))
    op.create_table(
        "provider_locations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=250), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_locations_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_locations")),
    )
    with op.batch_alter_table("provider_locations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_locations_provider_id"), ["provider_id"], unique=False)
