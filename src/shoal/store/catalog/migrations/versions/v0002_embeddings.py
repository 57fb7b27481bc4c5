"""Embedding spaces, and answers to what they suggest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SORTED_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "embedding_space",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("name", SORTED_NAME, nullable=False),
        sa.Column("elements", sa.String(40), nullable=False),
        sa.Column("inference_set_id", sa.String(), nullable=True),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("dimension", sa.BigInteger(), nullable=False),
        sa.Column("distance", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("table_version", sa.BigInteger(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_embedding_space_dataset_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["inference_set_id"],
            ["inference_set.id"],
            name=op.f("fk_embedding_space_inference_set_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedding_space")),
        sa.UniqueConstraint(
            "dataset_id",
            "name",
            "elements",
            "inference_set_id",
            name=op.f("uq_embedding_space_dataset_id_name_elements_inference_set_id"),
        ),
    )
    op.create_index(
        op.f("ix_embedding_space_inference_set_id"), "embedding_space", ["inference_set_id"], unique=False
    )
    op.create_table(
        "answer",
        sa.Column("id", BIG_NUMBER, autoincrement=True, nullable=False),
        sa.Column("segment_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segment.id"],
            name=op.f("fk_answer_segment_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("segment_id", "ordinal", name=op.f("uq_answer_segment_id_ordinal")),
    )
    op.create_index(op.f("ix_answer_segment_id"), "answer", ["segment_id"], unique=False)
