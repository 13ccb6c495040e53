"""Let takes be searched and made anew, and keep translations of texts for image models."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHOWN = ("camera", "action", "actionEn", "place", "placeLook", "mood", "style")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("anew", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("takes") as takes:
        takes.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
        takes.add_column(sa.Column("characters", sa.Text(), nullable=False, server_default="[]"))
        takes.add_column(sa.Column("style_id", sa.Text(), nullable=False, server_default=""))
    _fill()
    op.create_table(
        "translations",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _fill() -> None:
    """Say of the takes that are there what they show."""
    names: list[sa.ColumnClause[str]] = [sa.column(name) for name in ("project_id", "id", "shot", "request")]
    takes = sa.table("takes", *names, *(sa.column(n) for n in ("words", "characters", "style_id")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(*names)).all():
        shot, request = (_object(text) for text in (row.shot, row.request))
        cast = [member for member in shot.get("cast") or () if isinstance(member, dict)]
        said = [request.get("prompt"), *(_text(shot.get(part)) for part in SHOWN)]
        said += [_text(member.get("name")) for member in cast]
        connection.execute(
            sa.update(takes)
            .where(takes.c.project_id == row.project_id, takes.c.id == row.id)
            .values(
                words="\n".join(str(part) for part in said if part).casefold(),
                characters=json.dumps([m.get("id") for m in cast], ensure_ascii=False, separators=(",", ":")),
                style_id=str(shot.get("styleId") or ""),
            )
        )


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _text(part: Any) -> str:
    return str(part.get("text") or "") if isinstance(part, dict) else ""
