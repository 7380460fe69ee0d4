"""Flags, notes and marks on claims."""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.create_table('notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at_s', sa.REAL(), nullable=True),
    sa.Column('span_start', sa.Integer(), nullable=True),
    sa.Column('span_end', sa.Integer(), nullable=True),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['caption_id'], ['captions.id'], name=op.f('fk_notes_caption_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_notes_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes')),
    sa.UniqueConstraint('key', name=op.f('uq_notes_key')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_notes_clip_id_id'), 'notes', ['clip_id', 'id'], unique=False)
    op.create_index(op.f('ix_notes_kind_clip_id'), 'notes', ['kind', 'clip_id'], unique=False)
