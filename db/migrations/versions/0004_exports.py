"""What left: the choices behind an export, and each of its pairs."""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    for name in ('selection', 'clips', 'summary'):
        op.add_column('exports', sa.Column(name, sa.Text(), nullable=False, server_default='{}'))
    op.add_column('exports', sa.Column('against_id', sa.Integer(), nullable=True))
    op.add_column('exports', sa.Column('planned', sa.Integer(), nullable=False, server_default='0'))
    op.create_table('export_rows',
    sa.Column('export_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('clip_id', sa.Integer(), nullable=False),
    sa.Column('caption_id', sa.Integer(), nullable=True),
    sa.Column('take', sa.Integer(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['export_id'], ['exports.id'], name=op.f('fk_export_rows_export_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('export_id', 'number', name=op.f('pk_export_rows')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_export_rows_export_id_clip_id'), 'export_rows', ['export_id', 'clip_id'], unique=False)
