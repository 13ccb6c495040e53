"""Name the tables of the store, in types that SQLite and PostgreSQL share.

JSON is kept as `Text` and goes through `store/schema.py`, so that every value read has passed the check of
its schema version. The migrations in `migrations/versions` build the same tables; a test compares.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _project() -> Column[str]:
    return Column("project_id", String(32), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)


projects = Table(
    "projects",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("trashed_at", Moment),
    Column("rev", Integer, nullable=False),
    # What a cover card shows, kept current by every commit.
    Column("title", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("panels", Integer, nullable=False),
    Column("first_page_id", Text, nullable=False),
    Index("projects_by_time", "trashed_at", "updated"),
)

journal = Table(
    "journal",
    metadata,
    _project(),
    Column("rev", Integer, primary_key=True),
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("kind", String(10), nullable=False),  # create, edit, undo, redo
    Column("op", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("patch", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("base_rev", Integer, nullable=False),
    Column("burst", Text),
    Column("step", Integer, nullable=False),  # rev of the first edit of the undo step this row belongs to
    Column("state", String(10), nullable=False),  # of an edit: live, undone, closed (undone for good)
    Index("journal_steps", "project_id", "author", "state", "step"),
)

snapshots = Table(
    "snapshots",
    metadata,
    _project(),
    Column("rev", Integer, primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("book", Text, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project_id", String(32), nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project_id", String(32), nullable=False),
    Column("rev", Integer, nullable=False),
    Column("node", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("content", Text, nullable=False),  # the Conflict: base, mine, theirs
    Column("schema_version", Integer, nullable=False),
    Column("mine_author", String(200), nullable=False),
    Column("theirs_author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("resolved_at", Moment),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
    Index("conflicts_open", "project_id", "resolved_at"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(32), nullable=False),
    Column("panel_id", Text, nullable=False),
    Column("batch_id", String(36)),
    Column("backend", String(20), nullable=False),
    Column("profile", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("request", Text, nullable=False),
    Column("request_key", String(64), nullable=False),
    Column("shot", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),  # order of jobs of one priority
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("started", Moment),
    Column("finished", Moment),
    Column("attempts", Integer, nullable=False),
    Column("server", Text),
    Column("take_ids", Text, nullable=False),
    Column("error_code", Text),
    Column("error_params", Text),
    Column("model", Text, nullable=False, server_default=""),  # what a server must have loaded
    Column("pinned", Text, nullable=False, server_default=""),  # the one server that may do it
    Column("not_before", Moment),
    Column("tries", Integer, nullable=False, server_default="0"),  # since the writer last asked for it
    Column("anew", Boolean, nullable=False, server_default=false()),  # asked for again: passes the cache by
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
    Index("jobs_waiting", "state", "priority", "sequence"),
    Index("jobs_of_project", "project_id", "state"),
    Index("jobs_next", "state", "backend", "priority", "sequence"),
    # What the screen looks at every second, without touching the long columns:
    Index("jobs_in_order", "project_id", "state", "priority", "sequence"),
    Index("jobs_of_batch", "project_id", "batch_id", "state", "created"),
    Index("jobs_of_panel", "project_id", "panel_id", "sequence"),
    Index("jobs_alike", "state", "backend", "model", "priority", "sequence"),
)

takes = Table(
    "takes",
    metadata,
    _project(),
    Column("id", String(64), primary_key=True),
    Column("panel_id", Text, nullable=False),
    Column("image", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("mime", String(40), nullable=False),
    Column("seed", Text),  # as text: seeds reach 2**64 - 1
    Column("backend", String(20), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("shot", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("request_key", String(64), nullable=False, index=True),
    Column("seconds", Float, nullable=False),
    Column("created", Moment, nullable=False),
    Column("favourite", Boolean, nullable=False),
    # What a search of takes goes by: prompt and shot in small letters, JSON list of character ids, style.
    Column("words", Text, nullable=False, server_default=""),
    Column("characters", Text, nullable=False, server_default="[]"),
    Column("style_id", Text, nullable=False, server_default=""),
    Index("takes_of_panel", "project_id", "panel_id"),
    Index("takes_by_image", "image"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(36), primary_key=True),  # the server knows the work by this
    Column("job_id", String(36), nullable=False),
    Column("project_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("backend", String(20), nullable=False),
    Column("server", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("worker", String(64), nullable=False),  # the process that looks after it, until `lease_until`
    Column("lease_until", Moment, nullable=False),
    Column("remote_id", Text),
    Column("estimate", Float),  # USD
    Column("reserved", Float, nullable=False),  # USD held back from the budget while it is under way
    Column("created", Moment, nullable=False),
    Column("finished", Moment),
    Column("seconds", Float),
    Column("cost", Float),
    Column("error_code", Text),
    Column("error_params", Text),
    ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
    Index("attempts_of_job", "job_id", "number"),
    Index("attempts_under_way", "state", "server"),
    Index("attempts_of_project", "project_id", "state"),
)

servers = Table(
    "servers",
    metadata,
    Column("name", String(400), primary_key=True),  # its address, without user and password
    Column("kind", String(20), nullable=False),
    Column("model", Text, nullable=False),  # what the newest job sent there has loaded
    Column("passed_over", Integer, nullable=False),  # claims in a row that let the first job wait
    Column("made", Integer, nullable=False),
    Column("seconds", Float),  # a picture, newer ones weighing more
    Column("seen", Moment),
)

render_controls = Table(
    "render_controls",
    metadata,
    _project(),
    Column("paused", Boolean, nullable=False),
    Column("budget", Float),  # USD
)

translations = Table(
    "translations",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of language and source text
    Column("language", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("english", Text, nullable=False),
    Column("made_by", Text, nullable=False),  # hand, or the model
    Column("updated", Moment, nullable=False),
)

# --- planning -------------------------------------------------------------------------------------------

plan_runs = Table(
    "plan_runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project_id", String(32), index=True),  # None: made on the command line
    Column("author", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # plan, translate
    Column("brief", Text, nullable=False),
    Column("brief_key", String(64), nullable=False, index=True),
    Column("planner", String(20), nullable=False),
    Column("model", Text, nullable=False),
    Column("state", String(12), nullable=False),  # running, done, unfinished, failed, cancelled
    Column("owner", Text, nullable=False),
    Column("beat", Moment, nullable=False),  # last sign of life of the owner
    Column("usage", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text, nullable=False),
    Column("created", Moment, nullable=False),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
)

plan_steps = Table(
    "plan_steps",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("step", String(60), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # done, failed
    Column("answer", Text, nullable=False),
    Column("usage", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text, nullable=False),
    ForeignKeyConstraint(["run_id"], ["plan_runs.id"], ondelete="CASCADE"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project_id", String(32), nullable=False),
    Column("author", String(200), nullable=False),
    Column("base_rev", Integer, nullable=False),
    Column("about", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("state", String(12), nullable=False),  # open, accepted, refused
    Column("created", Moment, nullable=False),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
    Index("proposals_open", "project_id", "state"),
)

model_facts = Table(
    "model_facts",
    metadata,
    Column("server", String(300), primary_key=True),
    Column("model", String(300), primary_key=True),
    Column("facts", Text, nullable=False),
    Column("speed", Float, nullable=False),  # tokens a second of one call, 0 = not known
)

workflow_servers = Table(
    "workflow_servers",
    metadata,
    Column("workflow", String(200), primary_key=True),
    Column("server", Text, nullable=False),  # the one server that renders it
)

busyness = Table(
    "busyness",
    metadata,
    Column("image", String(64), primary_key=True),
    Column("cells", LargeBinary, nullable=False),  # a map as `page.busy` reads it
)

comments = Table(
    "comments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project_id", String(32), nullable=False),
    Column("panel_id", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("name", Text, nullable=False),  # as its author wishes to be called
    Column("text", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", Text, nullable=False),
    ForeignKeyConstraint(["project_id"], ["projects.id"], ondelete="CASCADE"),
    Index("comments_of_project", "project_id", "created"),
)
