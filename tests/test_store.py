"""Opening the store, and projects as a whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import create_engine, event, inspect, text

from kitsumy_core.errors import InputError, NewerDataError, NotFoundError, StorageError, UsageError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store, database
from kitsumy_core.store.migrate import HEAD
from kitsumy_core.store.records import Take
from kitsumy_core.store.tables import metadata
from tests.conftest import DURABLE
from tests.samples import a_book, a_page, a_plan
from tests.stores import SERVER, a_take, action, field, only_sqlite, opened, png, settings_for, small_disk


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with opened(settings) as store:
        yield store


def test_a_project_comes_back_after_closing_the_store(settings: Settings) -> None:
    with opened(settings) as store:
        project = store.create(a_book(), "anna")
        store.commit(project.id, field("Марко мовчить."), "anna")
        kept = store.head(project.id)
    with opened(settings) as store:
        assert store.head(project.id) == kept
        assert action(store.head(project.id).book) == "Марко мовчить."
        assert store.version(project.id) == kept.rev == 2


def test_a_project_list_shows_what_a_cover_card_needs(store: Store) -> None:
    project = store.create(a_book(3), "anna")
    listed = store.projects()[0]
    assert listed == project
    assert (listed.title, listed.pages, listed.panels, listed.first_page_id) == ("Маяк", 3, 12, "ch1-p1")


def test_cover_facts_follow_every_commit(store: Store) -> None:
    project = store.create(a_book(2), "anna")
    store.commit(project.id, edit("delete_node", node="page:ch1-p1"), "anna")
    store.rename(project.id, "Маяк на скелі", "anna")
    now = store.project(project.id)
    assert (now.title, now.pages, now.panels, now.first_page_id) == ("Маяк на скелі", 1, 4, "ch1-p2")
    assert now.updated > project.updated
    assert store.head(project.id).book.plan.title == "Маяк на скелі"


def test_projects_are_listed_newest_change_first_and_by_author(store: Store) -> None:
    first, second = store.create(a_book(), "anna"), store.create(a_book(), "borys")
    store.commit(first.id, field("пізніше"), "anna")
    assert [p.id for p in store.projects()] == [first.id, second.id]
    assert [p.id for p in store.projects("borys")] == [second.id]


def test_a_duplicate_has_book_and_takes_and_lives_on_its_own(store: Store) -> None:
    project = store.create(a_book(), "anna")
    take = store.add_take(
        Take(project.id, "ch1-p1-pan1", "ab" * 32, 8, 6, "image/png", "sketch", "sketch", project.created)
    )
    store.commit(project.id, edit("pick_take", panel_id="ch1-p1-pan1", take_id=take.id), "anna")
    twin = store.duplicate(project.id, "borys", title="Копія")
    assert (twin.title, twin.author, twin.rev) == ("Копія", "borys", 1)
    picked = store.head(twin.id).book.picks["ch1-p1-pan1"]
    assert store.take(twin.id, picked).image == take.image
    store.commit(twin.id, field("лише тут"), "borys")
    assert action(store.head(project.id).book) != "лише тут"


def test_the_trash_gives_back_a_project_whole(store: Store) -> None:
    project = store.create(a_book(), "anna")
    store.trash(project.id)
    assert store.projects() == []
    assert [p.id for p in store.projects(trashed=True)] == [project.id]
    store.restore(project.id)
    assert store.projects()[0].trashed_at is None
    assert store.head(project.id).book == a_book()


def test_only_what_is_in_the_trash_can_be_purged_and_then_all_of_it_goes(store: Store) -> None:
    project = store.create(a_book(), "anna")
    store.add_draft(project.id, "перша", "anna")
    with pytest.raises(UsageError, match="project-not-in-trash"):
        store.purge(project.id)
    store.trash(project.id)
    store.purge(project.id)
    with pytest.raises(NotFoundError, match="project-not-found"):
        store.head(project.id)
    with store.database.read() as connection:
        for name in ("journal", "snapshots", "drafts"):
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 0


@pytest.mark.parametrize("call", ["head", "version", "project", "trash", "restore", "purge"])
def test_an_unknown_project_is_named(store: Store, call: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        getattr(store, call)("nobody")
    assert caught.value.params["project"] == "nobody"


def test_a_book_with_two_nodes_of_one_id_is_refused(store: Store) -> None:
    page = a_page("p1")
    twice = a_plan(1).chapters[0].but(pages=(page, page))
    with pytest.raises(InputError, match="ids-not-unique"):
        store.create(Book(plan=a_plan(1).but(chapters=(twice,))), "anna")
    assert store.projects() == []


def test_texts_that_a_database_column_cannot_hold_survive_in_the_book(store: Store) -> None:
    project = store.create(a_book(), "anna")
    store.rename(project.id, "нуль \0 тут", "anna")
    store.books.forget(project.id)
    assert store.head(project.id).book.plan.title == "нуль \0 тут"
    assert store.project(project.id).title == "нуль  тут"


def test_migrations_build_the_tables_that_the_program_uses(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_the_newest_migration_is_the_one_the_program_names() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "kitsumy_core.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_database_of_a_newer_program_is_refused(settings: Settings) -> None:
    with opened(settings) as store, store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDataError) as caught:
        Store.open(settings)
    assert caught.value.params == {"found": "9999", "known": HEAD}


def test_a_snapshot_of_a_newer_program_is_refused(store: Store) -> None:
    project = store.create(a_book(), "anna")
    with store.database.write() as connection:
        connection.execute(text("UPDATE snapshots SET schema_version = 99"))
    store.books.forget(project.id)
    with pytest.raises(NewerDataError, match="newer-data"):
        store.head(project.id)


@only_sqlite
def test_an_old_database_is_backed_up_before_it_is_migrated(settings: Settings) -> None:
    settings.data_dir.mkdir()
    file = settings.data_dir / "kitsumy.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE old (word)")
        connection.execute("INSERT INTO old VALUES ('збережи')")
    connection.close()
    with opened(settings) as store:
        store.create(a_book(), "anna")
    (backup,) = (settings.data_dir / "backups").iterdir()
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT word FROM old").fetchone() == ("збережи",)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)
    connection.close()


@only_sqlite
def test_a_current_database_is_opened_without_a_backup(settings: Settings) -> None:
    for _ in range(2):
        with opened(settings):
            pass
    assert not (settings.data_dir / "backups").exists()


def test_many_processes_may_open_a_new_store_at_once(settings: Settings) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    program = (
        "import sys; from pathlib import Path; from pydantic import SecretStr;"
        "from kitsumy_core.settings import Settings; from kitsumy_core.store import Store;"
        "url = sys.argv[2]; extra = {'database_url': SecretStr(url)} if url else {};"
        "Store.open(Settings(data_dir=Path(sys.argv[1]), **extra)).close()"
    )
    command = [sys.executable, "-c", program, str(settings.data_dir), url]
    children = [subprocess.Popen(command) for _ in range(4)]
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]


@only_sqlite
def test_a_file_that_is_no_database_is_named_damaged(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "kitsumy.db").write_bytes(b"not a database at all, but long enough to look at" * 99)
    with pytest.raises(StorageError, match="database-damaged"):
        Store.open(settings)


def test_a_database_url_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    for url in ("mysql://user:secret@host/x", "nonsense", "sqlite://"):
        with pytest.raises(UsageError) as caught:
            Store.open(Settings(data_dir=tmp_path, database_url=SecretStr(url)))
        assert caught.value.params["name"] == "KITSUMY_DATABASE_URL"
        assert "secret" not in str(caught.value)


def test_a_database_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = SecretStr("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(StorageError, match="database-unreachable"):
        Store.open(Settings(data_dir=tmp_path, database_url=url))


@only_sqlite
def test_opening_a_current_store_is_quick_and_does_not_load_alembic(settings: Settings) -> None:
    with opened(settings):
        pass
    program = (
        "import sys, time; from pathlib import Path; from kitsumy_core.settings import Settings;"
        "from kitsumy_core.store import Store; start = time.perf_counter();"
        "Store.open(Settings(data_dir=Path(sys.argv[1]))); print(time.perf_counter() - start);"
        "assert 'alembic' not in sys.modules"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(settings.data_dir)], check=True, capture_output=True, text=True
    )
    assert float(told.stdout) < 0.15


@only_sqlite
def test_writes_reach_the_disk_before_they_are_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PRAGMAS", DURABLE)
    with opened(settings_for(tmp_path / "durable")) as store, store.database.read() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        ]
        assert pragmas == ["wal", 2]
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def commit_until_full(store: Store, project: str) -> str:
    """Commit ever more until the disk is full; return the last text that was acknowledged."""
    acknowledged = action(store.head(project).book)
    with pytest.raises(StorageError, match="disk-full"):  # noqa: PT012
        for number in range(10_000):
            words = f"{number} " + "довгий текст " * 200
            store.commit(project, field(words), "anna")
            acknowledged = words
    assert action(store.head(project).book) == acknowledged
    return acknowledged


@only_sqlite
def test_a_full_disk_is_reported_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "2m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(400_000))
        with opened(Settings(data_dir=disk)) as store:
            project = store.create(a_book(), "anna").id
            acknowledged = commit_until_full(store, project)
        with opened(Settings(data_dir=disk)) as store:
            assert action(store.head(project).book) == acknowledged
            ballast.unlink()
            store.commit(project, field("після"), "anna")
            assert action(store.head(project).book) == "після"


@only_sqlite
def test_a_database_that_may_not_grow_is_reported_and_loses_nothing(store: Store) -> None:
    project = store.create(a_book(), "anna").id

    def limit(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("PRAGMA max_page_count = 80")

    store.database.close()
    event.listen(store.database.engine, "connect", limit)
    acknowledged = commit_until_full(store, project)
    event.remove(store.database.engine, "connect", limit)
    store.database.close()
    store.books.forget(project)
    assert action(store.head(project).book) == acknowledged
    store.commit(project, field("після"), "anna")
    assert action(store.head(project).book) == "після"


def test_many_threads_share_one_store(store: Store) -> None:
    project = store.create(a_book(), "anna")
    panels = [f"ch1-p{p}-pan{n}" for p in (1, 2) for n in (1, 2, 3, 4)]

    def write(panel_id: str) -> None:
        for number in range(10):
            store.commit(project.id, field(f"{panel_id} {number}", node=f"panel:{panel_id}"), panel_id)
            store.head(project.id)

    threads = [threading.Thread(target=write, args=(panel_id,)) for panel_id in panels]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.perf_counter() - started < 60
    rev, book = store.head(project.id)
    assert rev == 81
    assert [action(book, panel_id) for panel_id in panels] == [f"{panel_id} 9" for panel_id in panels]
    store.books.forget(project.id)
    assert store.head(project.id).book == book


def test_images_are_collected_only_when_nothing_names_them_any_more(store: Store) -> None:
    kept, lost = store.create(a_book(), "anna"), store.create(a_book(), "anna")
    reference, shared, single, young = (store.images.put(png(c)) for c in ("red", "green", "blue", "white"))
    node, name = "character:char-1", "kitsumy.references"
    store.commit(kept.id, field([reference], name, node), "anna")
    store.commit(kept.id, field([], name, node), "anna")
    for project in (kept, lost):
        store.add_take(a_take(project.id, image=shared))
    store.add_take(a_take(lost.id, image=single))
    assert len(store.busyness([shared, single], lambda _: Image.new("RGB", (8, 6)))) == 2
    store.trash(lost.id)
    assert store.collect_images(timedelta(-1)) == [young]
    store.purge(lost.id)
    assert store.collect_images(timedelta(days=1)) == []
    assert store.collect_images(timedelta(-1)) == [single]
    assert store.images.has(reference)
    assert store.images.has(shared)
    assert list(store.busyness([shared, single], lambda _: None)) == [shared]


@pytest.mark.skipif(not SERVER, reason="needs KITSUMY_TEST_DATABASE_URL")
def test_the_server_tests_run_on_a_server() -> None:
    engine = create_engine(SERVER or "")
    assert engine.dialect.name == "postgresql"
    engine.dispose()
