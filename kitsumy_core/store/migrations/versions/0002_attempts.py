"""Give every try of a job a row of its own, servers and their models a table, and comics a budget."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("model", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("pinned", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("not_before", sa.DateTime(), nullable=True))
    op.add_column("jobs", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("jobs_next", "jobs", ["state", "backend", "priority", "sequence"])
    op.create_index("jobs_in_order", "jobs", ["project_id", "state", "priority", "sequence"])
    op.create_index("jobs_of_batch", "jobs", ["project_id", "batch_id", "state", "created"])
    op.create_index("jobs_of_panel", "jobs", ["project_id", "panel_id", "sequence"])
    op.create_index("jobs_alike", "jobs", ["state", "backend", "model", "priority", "sequence"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("backend", sa.String(length=20), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("estimate", sa.Float(), nullable=True),
        sa.Column("reserved", sa.Float(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_params", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attempts_of_job", "attempts", ["job_id", "number"])
    op.create_index("attempts_under_way", "attempts", ["state", "server"])
    op.create_index("attempts_of_project", "attempts", ["project_id", "state"])
    op.create_table(
        "servers",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("passed_over", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("seen", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "render_controls",
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("budget", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id"),
    )
    op.create_table(
        "workflow_servers",
        sa.Column("workflow", sa.String(length=200), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workflow"),
    )
    # An earlier program kept no attempts, so what it left running cannot be asked for.
    op.execute(sa.text("UPDATE jobs SET state = 'queued' WHERE state = 'running'"))
