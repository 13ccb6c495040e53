"""Write a bundle of a project, or of a plan file with its pictures, which becomes a project for that."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from kitsumy_core.commands.artwork import Artwork
from kitsumy_core.commands.common import Source
from kitsumy_core.export.files import translated
from kitsumy_core.plan.edits import edit
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store, Take
from kitsumy_core.store.change import now
from kitsumy_core.store.images import check_picture

AUTHOR = "command-line"


def write_bundle(source: Source, art: Artwork, path: Path, settings: Settings) -> tuple[str, ...]:
    """Write the bundle; return the hashes of images that are lost. Raises StorageError, InputError."""
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if source.store is not None:
        return source.store.export_bundle(source.project_id, path).missing
    with TemporaryDirectory(prefix="kitsumy-") as folder:
        own = {"data_dir": Path(folder), "database_url": None, "images_url": None}
        store = Store.open(settings.model_copy(update=own))
        try:
            return store.export_bundle(_as_project(store, source, art), path).missing
        finally:
            store.close()


def _as_project(store: Store, source: Source, art: Artwork) -> str:
    project = store.create(source.book, AUTHOR)
    picks: dict[str, str] = {}
    for panel_id, chosen in art.takes.items():
        data = art.read(chosen.sha256)
        maker = chosen.made_by or "file"
        take = store.add_take(
            Take(
                project_id=project.id,
                panel_id=panel_id,
                image=store.images.put(data),
                width=chosen.width,
                height=chosen.height,
                mime=check_picture(data).mime,
                backend=maker,
                made_by=maker,
                created=now(),
            )
        )
        picks[panel_id] = take.id
    if picks:
        store.commit(project.id, edit("pick_takes", picks=picks), AUTHOR)
    return project.id
