"""Samples of lots, the clips in them, and opinions of several people on one clip."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('samples',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('plan', db.models.Json(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('lot_size', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('allowed', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('verdict', db.models.Json(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.REAL(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_samples')),
    sqlite_strict=True
    )
    op.create_table('lot_clips',
    sa.Column('sample_id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_lot_clips_clip_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sample_id'], ['samples.id'], name=op.f('fk_lot_clips_sample_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sample_id', 'clip_id', name=op.f('pk_lot_clips')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_lot_clips_clip_id'), 'lot_clips', ['clip_id'], unique=False)
    op.create_table('sample_items',
    sa.Column('sample_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('probability', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_sample_items_clip_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sample_id'], ['samples.id'], name=op.f('fk_sample_items_sample_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sample_id', 'position', name=op.f('pk_sample_items')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sample_items_clip_id'), 'sample_items', ['clip_id'], unique=False)
    op.create_table('opinions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('sample_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('truth', sa.Text(), nullable=True),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_opinions_clip_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sample_id'], ['samples.id'], name=op.f('fk_opinions_sample_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinions')),
    sa.UniqueConstraint('key', name=op.f('uq_opinions_key')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_opinions_clip_id_id'), 'opinions', ['clip_id', 'id'], unique=False)
    op.create_index(op.f('ix_opinions_kind_person'), 'opinions', ['kind', 'person'], unique=False)
