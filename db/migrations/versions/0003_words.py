"""Where captions come from: prompts, settings, parts, price; checks of sentences; runs on clips that are there; tags."""

from alembic import op
import sqlalchemy as sa

import db.models


revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('prompts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('system', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('tags', db.models.Json(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['prompts.id'], name=op.f('fk_prompts_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompts')),
    sa.UniqueConstraint('digest', name=op.f('uq_prompts_digest')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_prompts_name_version')),
    sqlite_strict=True
    )
    op.create_table('checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('mean', sa.REAL(), nullable=True),
    sa.Column('low', sa.REAL(), nullable=True),
    sa.Column('sentences', db.models.Json(), nullable=False),
    sa.Column('created_at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['caption_id'], ['captions.id'], name=op.f('fk_checks_caption_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checks')),
    sa.UniqueConstraint('caption_id', 'stage', 'digest', name=op.f('uq_checks_caption_id_stage_digest')),
    sqlite_strict=True
    )
    # plain ADD COLUMN: it touches no row and keeps the triggers of the search index
    def text(name: str, default: str = ''):
        return sa.Column(name, sa.Text(), nullable=False, server_default=default)
    def number(name: str, kind, default: str):
        return sa.Column(name, kind, nullable=False, server_default=default)
    for column in (
        sa.Column('run_id', sa.Integer(), nullable=True), text('role', 'caption'), text('prompt_digest'), text('params', '{}'),
        text('parts', '[]'), text('fields', '{}'), text('flags', '[]'), number('tokens_in', sa.Integer(), '0'),
        number('tokens_out', sa.Integer(), '0'), number('cost', sa.REAL(), '0'), number('seconds', sa.REAL(), '0'),
    ):
        op.add_column('captions', column)
    op.create_index(op.f('ix_captions_run_id_id'), 'captions', ['run_id', 'id'], unique=False)
    op.create_index(op.f('ix_captions_prompt_digest_model'), 'captions', ['prompt_digest', 'model'], unique=False)
    for column in (text('kind', 'videos'), number('adopts', sa.Integer(), '1'), text('note')):
        op.add_column('runs', column)
    op.create_table('tags',
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.REAL(), nullable=False),
    sa.ForeignKeyConstraint(['clip_id'], ['clips.id'], name=op.f('fk_tags_clip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clip_id', 'tag', name=op.f('pk_tags')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_tags_tag_clip_id'), 'tags', ['tag', 'clip_id'], unique=False)
