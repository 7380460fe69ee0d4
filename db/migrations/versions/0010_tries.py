"""What became of each try, who had a job and since when, how busy workers are."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('tries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('worker', sa.Text(), nullable=True),
    sa.Column('started_at', sa.REAL(), nullable=True),
    sa.Column('ended_at', sa.REAL(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('trace', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_tries_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tries')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_tries_job_id'), 'tries', ['job_id'])
    op.add_column('jobs', sa.Column('worker', sa.Text(), nullable=True))
    op.add_column('jobs', sa.Column('started_at', sa.REAL(), nullable=True))
    op.add_column('workers', sa.Column('model_busy', sa.REAL(), nullable=True))
    op.add_column('workers', sa.Column('gpus_busy', db.models.Json(), nullable=True))
