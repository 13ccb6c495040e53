"""Look at everything the program stands on, and say what works, what is missing and whether it is needed.

Nothing is changed: no database is made or migrated, and no secret is read out.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from kitsumy_core.errors import KitsumyError
from kitsumy_core.settings import Settings, obsolete_names, unknown_names

LEAST_PYTHON = (3, 11)
LITTLE_SPACE = 500_000_000
"""Bytes; a book of 20 pages with five takes a panel takes about that."""
PROBE = b"kitsumy doctor looks whether images can be kept"

LIBRARIES = (
    *("streamlit", "pydantic", "pydantic-settings", "sqlalchemy", "alembic", "obstore", "httpx2"),
    *("websockets", "pillow", "pandas", "pyphen", "platformdirs", "structlog", "typer", "babel"),
    *("openai", "jiter", "json-repair"),
)
ALPHABETS = (
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ’«»—…№₴abcxyzABCXYZ0123456789!?"
)


class Diagnosis(NamedTuple):
    """One line: `needed` says whether the program is of no use without it."""

    ok: bool
    code: str
    params: Mapping[str, Any]
    needed: bool = True


ONE_OF_MANY = ("workflow-lacks", "workflow-unusable")
"""What is no failure of a server as long as it can run another workflow."""

Check = Callable[[Settings], Iterator[Diagnosis]]


def examine(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[Diagnosis]:
    """Return what was found, in the order of the checks. Never raises for what it looks at."""
    found: list[Diagnosis] = []
    for look in CHECKS:
        try:
            found += look(settings)
        except KitsumyError as error:
            found.append(Diagnosis(False, error.error_code, dict(error.params)))
    return found + list(_names(environment))


def is_well(found: list[Diagnosis]) -> bool:
    return all(one.ok for one in found if one.needed)


def _fine(code: str, needed: bool = True, **params: Any) -> Diagnosis:
    return Diagnosis(True, code, params, needed)


def _bad(code: str, needed: bool = True, **params: Any) -> Diagnosis:
    return Diagnosis(False, code, params, needed)


def _python(settings: Settings) -> Iterator[Diagnosis]:
    version = platform.python_version()
    right = sys.version_info[:2] >= LEAST_PYTHON
    yield Diagnosis(right, "python-found", {"version": version, "least": ".".join(map(str, LEAST_PYTHON))})


def _libraries(settings: Settings) -> Iterator[Diagnosis]:
    for name in LIBRARIES:
        try:
            yield _fine("library-found", name=name, version=metadata.version(name))
        except metadata.PackageNotFoundError:
            yield _bad("library-missing", name=name)


def _data_folder(settings: Settings) -> Iterator[Diagnosis]:
    folder = settings.data_dir
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with TemporaryFile(dir=there) as probe:
            probe.write(PROBE)
    except OSError as error:
        yield _bad("data-folder-closed", folder=str(folder), problem=error.strerror or "")
        return
    yield _fine("data-folder-ready" if there == folder else "data-folder-will-be-made", folder=str(folder))
    free = shutil.disk_usage(there).free
    enough = free >= LITTLE_SPACE
    yield Diagnosis(
        enough, "space-free" if enough else "space-short", {"megabytes": free // 1_000_000}, False
    )


def _database(settings: Settings) -> Iterator[Diagnosis]:
    from kitsumy_core.store.database import Database, database_url
    from kitsumy_core.store.migrate import HEAD, found_version

    url = database_url(settings)
    kind = url.get_backend_name()
    if kind == "sqlite" and not Path(url.database or "").exists():
        yield _fine("database-not-yet", kind=kind)
        return
    database = Database(settings)
    try:
        with database.read() as connection:
            version = found_version(connection)
    finally:
        database.close()
    if version == HEAD:
        yield _fine("database-ready", kind=kind, version=version)
    elif version is None or version < HEAD:
        yield _fine("database-older", kind=kind, version=version or "0", known=HEAD)
    else:
        yield _bad("newer-database", found=version, known=HEAD)


def _images(settings: Settings) -> Iterator[Diagnosis]:
    where = "local" if settings.images_url is None else settings.images_url.partition(":")[0]
    if settings.images_url is None and not (settings.data_dir / "images").is_dir():
        yield _fine("images-not-yet", where=where)
        return
    from kitsumy_core.store.images import ImageStore

    store = ImageStore.open(settings)
    image = store.put(PROBE)
    kept = store.get(image) == PROBE
    store.delete(image)
    yield Diagnosis(kept, "images-ready", {"where": where})


def _fonts(settings: Settings) -> Iterator[Diagnosis]:
    from kitsumy_core.page.faces import FACES
    from kitsumy_core.page.fonts import measure, missing

    for face_id, face in FACES.items():
        try:
            width = measure("Ґедзь", face_id, 20)
        except OSError as error:
            yield _bad("font-missing", file=face.file, problem=error.strerror or "")
            continue
        lacking = missing(ALPHABETS, face_id)
        if lacking or width <= 0:
            yield _bad("font-incomplete", file=face.file, signs="".join(lacking))
        else:
            yield _fine("font-complete", family=face.family, file=face.file)


def _workflows(settings: Settings) -> Iterator[Diagnosis]:
    from kitsumy_core.render.library import Workflows

    workflows = Workflows(settings.data_dir / "workflows")
    names = workflows.names()
    if not names:
        yield _bad("workflows-missing", needed=settings.comfyui_is_configured)
    for name in names:
        try:
            workflows.load(name)
        except KitsumyError as error:
            yield _bad("workflow-unusable", needed=False, workflow=name, problem=error.error_code)
        else:
            yield _fine("workflow-found", needed=False, workflow=name)


def _sketch(settings: Settings) -> Iterator[Diagnosis]:
    yield from asyncio.run(_ask("sketch", settings, needed=True))


def _comfyui(settings: Settings) -> Iterator[Diagnosis]:
    needed = settings.comfyui_is_configured
    if not needed:
        yield _fine("comfyui-not-configured", needed=False)
    for host in settings.comfyui_hosts:
        one = settings.model_copy(update={"comfyui_hosts": (host,)})
        yield from asyncio.run(_ask("comfyui", one, needed))


def _runpod(settings: Settings) -> Iterator[Diagnosis]:
    if not settings.runpod_is_configured:
        yield _fine("runpod-not-configured", needed=False)
        return
    yield from asyncio.run(_ask("runpod", settings, needed=True))
    if settings.runpod_spend_limit is not None:
        yield _fine("runpod-limited", needed=False, limit=f"{settings.runpod_spend_limit:.2f}")


async def _ask(kind: str, settings: Settings, needed: bool) -> list[Diagnosis]:
    from kitsumy_core.pipeline import open_backend

    backend = open_backend(kind, settings)
    try:
        found = await backend.check()
        return [
            Diagnosis(one.ok, one.code, one.params, needed and one.code not in ONE_OF_MANY) for one in found
        ]
    finally:
        await backend.aclose()


def _language_models(settings: Settings) -> Iterator[Diagnosis]:
    from kitsumy_core.planner.llm.connect import configured, connection, look_at
    from kitsumy_core.planner.llm.http import shown_address

    ways = configured(settings)
    if not ways:
        yield _fine("llm-not-configured", needed=False)
    for way in ways:
        made = connection(settings, way)
        if made.key_is_kept_back:
            yield _bad("llm-key-kept-back", needed=False, server=shown_address(made.address))
        try:
            server, names, width = asyncio.run(asyncio.wait_for(look_at(settings, way), 20))
        except TimeoutError:
            yield _bad("llm-silent", needed=False, server=shown_address(made.address), seconds=20)
        except KitsumyError as error:
            yield _bad(error.error_code, needed=False, **error.params)
        else:
            yield _fine("llm-ready", needed=False, server=server, known=names[:8], width=width)


def _secrets(settings: Settings) -> Iterator[Diagnosis]:
    """Say which keys are set, never what they are."""
    keys = {
        "OPENAI_API_KEY": settings.openai_api_key,
        "RUNPOD_API_KEY": settings.runpod_api_key,
        "KITSUMY_DATABASE_URL": settings.database_url,
        "CELERY_BROKER_URL": settings.celery_broker_url,
    }
    for name, value in keys.items():
        if value is not None:
            yield _fine("secret-set", needed=False, name=name)


def _names(environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    for name in unknown_names(environment):
        yield _bad("name-unknown", needed=False, name=name)
    for name in obsolete_names(environment):
        yield _fine("name-obsolete", needed=False, name=name)


CHECKS: tuple[Check, ...] = (
    _python,
    _libraries,
    _data_folder,
    _database,
    _images,
    _fonts,
    _workflows,
    _sketch,
    _comfyui,
    _runpod,
    _language_models,
    _secrets,
)
