"""Comparisons: ballots that lay captions side by side before a person, and what each vote says of two of them."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0006'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('ballots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('match', sa.Text(), nullable=False),
    sa.Column('slots', db.models.Json(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('blind', sa.Integer(), nullable=False),
    sa.Column('lent_until', sa.REAL(), nullable=True),
    sa.Column('choice', sa.Integer(), nullable=True),
    sa.Column('reasons', db.models.Json(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('voted_at', sa.REAL(), nullable=True),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_ballots_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballots')),
    sa.UniqueConstraint('actor', 'match', name=op.f('uq_ballots_actor_match')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_ballots_clip_id_match'), 'ballots', ['clip_id', 'match'], unique=False)
    op.create_index(op.f('ix_ballots_actor_lent_until'), 'ballots', ['actor', 'lent_until'], unique=False)
    op.create_table('duels',
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('share', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballots.id'], name=op.f('fk_duels_ballot_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_id'], ['captions.id'], name=op.f('fk_duels_first_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['captions.id'], name=op.f('fk_duels_second_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'first_id', 'second_id', name=op.f('pk_duels')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_duels_first_id'), 'duels', ['first_id'], unique=False)
    op.create_index(op.f('ix_duels_second_id'), 'duels', ['second_id'], unique=False)
