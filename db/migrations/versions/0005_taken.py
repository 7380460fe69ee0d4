"""What lists of others say, until their files are read; keys for programs; single errands."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.create_table('taken',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('given', sa.Text(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=True),
    sa.Column('start_s', sa.REAL(), nullable=False),
    sa.Column('end_s', sa.REAL(), nullable=True),
    sa.Column('exact', sa.Integer(), nullable=False),
    sa.Column('said', db.models.Json(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_taken_clip_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_taken_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['video_id'], ['videos.id'], name=op.f('fk_taken_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taken')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_taken_run_id_path'), 'taken', ['run_id', 'path'], unique=False)
    op.create_index(op.f('ix_taken_run_id_video_id'), 'taken', ['run_id', 'video_id'], unique=False)
    op.create_table('tokens',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('seen_at', sa.REAL(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_tokens_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_tokens')),
    sa.UniqueConstraint('name', name=op.f('uq_tokens_name')),
    sqlite_strict=True
    )
    op.create_table('errands',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('wish', db.models.Json(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('answer', db.models.Json(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('ended_at', sa.REAL(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_errands')),
    sqlite_strict=True
    )
