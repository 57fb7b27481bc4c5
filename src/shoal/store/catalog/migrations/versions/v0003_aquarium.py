"""What came through the aquariumlearning client and has no place of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SORTED_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "aquarium_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=True),
        sa.Column("inference_set_id", sa.String(), nullable=True),
        sa.Column("segment_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", SORTED_NAME, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(_reference("aquarium_note", table) for table in ("project", "dataset", "inference_set", "segment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aquarium_note")),
        sa.UniqueConstraint("project_id", "kind", "key", name=op.f("uq_aquarium_note_project_id_kind_key")),
    )
    op.create_table(
        "aquarium_rows",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_version_id", sa.String(), nullable=True),
        sa.Column("inference_set_version_id", sa.String(), nullable=True),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        _reference("aquarium_rows", "dataset_version"),
        _reference("aquarium_rows", "inference_set_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aquarium_rows")),
    )
    for table, column in (
        ("aquarium_note", "dataset_id"),
        ("aquarium_note", "inference_set_id"),
        ("aquarium_note", "segment_id"),
        ("aquarium_rows", "dataset_version_id"),
        ("aquarium_rows", "inference_set_version_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _reference(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{other}_id"],
        [f"{other}.id"],
        name=op.f(f"fk_{table}_{other}_id"),
        ondelete="CASCADE",
        initially="DEFERRED",
        deferrable=True,
    )
