"""A library of a million clips: indexes, kept tallies, one search index over all that was said; saved views; teamwork."""

from alembic import op
import sqlalchemy as sa
import sqlite_utils

import db.models


revision = '0009'
down_revision = '0008'

COUNT = """
INSERT INTO tallies (superseded, verdict, review, reasons, number)
    VALUES ({row}.superseded, coalesce({row}.verdict, ''), {row}.review, {row}.reasons, {by})
    ON CONFLICT DO UPDATE SET number = number + {by};
"""
FORGET = """
DELETE FROM tallies WHERE number <= 0 AND superseded = old.superseded AND verdict = coalesce(old.verdict, '')
    AND review = old.review AND reasons = old.reasons;
"""
MORE, LESS = COUNT.format(row='new', by=1), COUNT.format(row='old', by=-1) + FORGET
STANDING = 'superseded, verdict, review, reasons'
CHANGED = ' OR '.join(f'old.{name} IS NOT new.{name}' for name in STANDING.split(', '))


def upgrade() -> None:
    op.create_table('tallies',
    sa.Column('superseded', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('superseded', 'verdict', 'review', 'reasons', name=op.f('pk_tallies')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_table('unindexed',
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('clip_id', name=op.f('pk_unindexed')),
    sqlite_strict=True
    )
    op.create_table('saved_views',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('shared', sa.Integer(), nullable=False),
    sa.Column('where', db.models.Json(), nullable=False),
    sa.Column('sort', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('by', 'name', name=op.f('uq_saved_views_by_name')),
    sqlite_strict=True
    )
    op.create_table('invitations',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.Column('expires_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_invitations')),
    sqlite_strict=True
    )
    op.create_table('assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('where', db.models.Json(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_assignments_person_id'), 'assignments', ['person', 'id'], unique=False)
    op.add_column('events', sa.Column('bulk', sa.Text(), nullable=True))
    op.add_column('runs', sa.Column('priority', sa.Integer(), nullable=False, server_default='0'))
    op.drop_index('ix_facts_name_text', 'facts')
    for table, columns, where in (
        ('events', ['bulk'], 'bulk IS NOT NULL'),
        ('clips', ['reasons'], "reasons != '[]'"),
        ('clips', ['reject_reason'], 'reject_reason IS NOT NULL'),
        ('clips', ['reviewed_by'], 'reviewed_by IS NOT NULL'),
        ('clips', ['reviewed_at'], 'reviewed_at IS NOT NULL'),
        ('clips', ['caption_id'], 'caption_id IS NULL'),
        ('facts', ['name', 'text', 'clip_id'], None),
        ('captions', ['model', 'clip_id'], None),
        ('captions', ['outcome', 'clip_id'], "outcome != 'ok'"),
        ('captions', ['flags', 'clip_id'], "flags != '[]'"),
        ('jobs', ['run_id', 'ended_at'], "state = 'done'"),
    ):
        name = op.f('_'.join(['ix', table, *columns]))
        op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(where) if where else None)
    _keep_tallies()
    _search_everything()


def _keep_tallies() -> None:
    op.execute('CREATE TRIGGER clips_tally_new AFTER INSERT ON clips BEGIN ' + MORE + ' END')
    op.execute('CREATE TRIGGER clips_tally_old AFTER DELETE ON clips BEGIN ' + LESS + ' END')
    op.execute(f'CREATE TRIGGER clips_tally AFTER UPDATE OF {STANDING} ON clips WHEN {CHANGED} BEGIN ' + MORE + LESS + ' END')
    op.execute(
        "INSERT INTO tallies SELECT superseded, coalesce(verdict, ''), review, reasons, count(*) FROM clips GROUP BY 1, 2, 3, 4"
    )


def _search_everything() -> None:
    """One index with a document a clip, in place of one for each table; it is filled after the migration."""
    tables = sqlite_utils.Database(op.get_bind().connection.driver_connection)
    for name in ('captions', 'facts'):
        if tables.table(name).detect_fts():
            tables.table(name).disable_fts()
    op.execute(
        "CREATE VIRTUAL TABLE clip_words_fts USING fts5(words, content='', contentless_delete=1, prefix='2 3', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for name in ('captions', 'facts'):
        for event, row in (('INSERT', 'new'), ('DELETE', 'old'), ('UPDATE OF text', 'new')):
            op.execute(
                f'CREATE TRIGGER {name}_unindexed_{event[:6].lower()} AFTER {event} ON {name} BEGIN '
                f'INSERT INTO unindexed (clip_id) VALUES ({row}.clip_id) ON CONFLICT DO NOTHING; END'
            )
    op.execute('INSERT INTO unindexed SELECT id FROM clips')
