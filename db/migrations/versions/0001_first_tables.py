"""First tables: runs, jobs, videos, clips, captions, events, exports, users."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('exports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('options', db.models.Json(), nullable=False),
    sa.Column('which', sa.Text(), nullable=False),
    sa.Column('dest', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('written', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('ended_at', sa.REAL(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports')),
    sqlite_strict=True
    )
    op.create_table('runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipe', sa.Text(), nullable=False),
    sa.Column('config', db.models.Json(), nullable=False),
    sa.Column('rules', db.models.Json(), nullable=False),
    sa.Column('inputs', db.models.Json(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('ended_at', sa.REAL(), nullable=True),
    sa.Column('summary', db.models.Json(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sqlite_strict=True
    )
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('name', name=op.f('uq_users_name')),
    sqlite_strict=True
    )
    op.create_table('videos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('info', db.models.Json(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_videos')),
    sa.UniqueConstraint('sha256', name=op.f('uq_videos_sha256')),
    sqlite_strict=True
    )
    op.create_table('workers',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('started_at', sa.REAL(), nullable=False),
    sa.Column('seen_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workers')),
    sqlite_strict=True
    )
    op.create_table('clips',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('start_pts', sa.Integer(), nullable=False),
    sa.Column('end_pts', sa.Integer(), nullable=False),
    sa.Column('start_s', sa.REAL(), nullable=False),
    sa.Column('end_s', sa.REAL(), nullable=False),
    sa.Column('frames', sa.Integer(), nullable=False),
    sa.Column('sheet', db.models.Json(), nullable=False),
    sa.Column('superseded', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('reasons', db.models.Json(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=True),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('reject_reason', sa.Text(), nullable=True),
    sa.Column('reviewed_by', sa.Text(), nullable=True),
    sa.Column('reviewed_at', sa.REAL(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.Text(), nullable=True),
    sa.Column('claimed_until', sa.REAL(), nullable=True),
    sa.ForeignKeyConstraint(['caption_id'], ['captions.id'], name=op.f('fk_clips_caption_id'), ondelete='SET NULL', use_alter=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_clips_run_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['video_id'], ['videos.id'], name=op.f('fk_clips_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clips')),
    sa.UniqueConstraint('key', name=op.f('uq_clips_key')),
    sqlite_strict=True
    )
    with op.batch_alter_table('clips', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clips_run_id'), ['run_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_clips_superseded_review_id'), ['superseded', 'review', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_clips_superseded_verdict_review_id'), ['superseded', 'verdict', 'review', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_clips_video_id'), ['video_id'], unique=False)

    op.create_table('jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('losses', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.Text(), nullable=True),
    sa.Column('lease_token', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.REAL(), nullable=True),
    sa.Column('not_before', sa.REAL(), nullable=False),
    sa.Column('error_kind', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('ended_at', sa.REAL(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_jobs_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('run_id', 'stage', 'item', name=op.f('uq_jobs_run_id_stage_item')),
    sqlite_strict=True
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jobs_run_id_state_stage'), ['run_id', 'state', 'stage'], unique=False)
        batch_op.create_index(batch_op.f('ix_jobs_state_priority_id'), ['state', 'priority', 'id'], unique=False)

    op.create_table('logins',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('seen_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_logins_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_logins')),
    sqlite_strict=True
    )
    op.create_table('scans',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('clip_ids', db.models.Json(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['video_id'], ['videos.id'], name=op.f('fk_scans_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scans')),
    sa.UniqueConstraint('video_id', 'digest', name=op.f('uq_scans_video_id_digest')),
    sqlite_strict=True
    )
    op.create_table('video_paths',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.LargeBinary(), nullable=False),
    sa.Column('given', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('mtime_ns', sa.Integer(), nullable=False),
    sa.Column('inode', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['video_id'], ['videos.id'], name=op.f('fk_video_paths_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_paths')),
    sa.UniqueConstraint('path', name=op.f('uq_video_paths_path')),
    sqlite_strict=True
    )
    with op.batch_alter_table('video_paths', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_video_paths_video_id'), ['video_id'], unique=False)

    op.create_table('captions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_captions_clip_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['captions.id'], name=op.f('fk_captions_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_captions')),
    sqlite_strict=True
    )
    with op.batch_alter_table('captions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_captions_clip_id_id'), ['clip_id', 'id'], unique=False)

    op.create_table('events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('at', sa.REAL(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=True),
    sa.Column('detail', db.models.Json(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_events_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('key', name=op.f('uq_events_key')),
    sqlite_strict=True
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_actor_kind_at'), ['actor', 'kind', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_events_clip_id_id'), ['clip_id', 'id'], unique=False)

    op.create_table('facts',
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_facts_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clip_id', 'name', name=op.f('pk_facts')),
    sqlite_strict=True
    )
    with op.batch_alter_table('facts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_facts_name_text'), ['name', 'text'], unique=False)

    op.create_table('scores',
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.REAL(), nullable=True),
    sa.Column('missing', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_scores_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clip_id', 'name', name=op.f('pk_scores')),
    sqlite_strict=True
    )
    with op.batch_alter_table('scores', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scores_name_value_clip_id'), ['name', 'value', 'clip_id'], unique=False)

    op.create_table('results',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['caption_id'], ['captions.id'], name=op.f('fk_results_caption_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_results_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_results')),
    sa.UniqueConstraint('clip_id', 'stage', 'digest', name=op.f('uq_results_clip_id_stage_digest')),
    sqlite_strict=True
    )
    for verb in ("UPDATE", "DELETE"):  # the log of who did what is only ever appended
        op.execute(
            f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
            f"BEGIN SELECT RAISE(ABORT, 'events are only ever appended'); END"
        )
