"""Fingerprints of clips, the words under which they are found, and the groups of copies."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('fingerprints',
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_fingerprints_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clip_id', name=op.f('pk_fingerprints')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_fingerprints_group_id'), 'fingerprints', ['group_id'], unique=False)
    op.create_table('fingerprint_words',
    sa.Column('word', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['fingerprints.clip_id'], name=op.f('fk_fingerprint_words_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('word', 'video_id', 'clip_id', name=op.f('pk_fingerprint_words')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_fingerprint_words_clip_id'), 'fingerprint_words', ['clip_id'], unique=False)
