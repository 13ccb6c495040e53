"""What was acknowledged is there: after kill -9, after several writers at once, and after both."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.samples import a_book
from tests.stores import FIRST, SECOND, action, field, only_sqlite, opened

pytestmark = only_sqlite
ROOT = Path(__file__).parent.parent
ROUNDS = 15


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def project(settings: Settings) -> str:
    with opened(settings) as store:
        return store.create(a_book(), "anna").id


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    children: list[subprocess.Popen[str]] = []
    yield children
    for child in children:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def start(
    settings: Settings, project: str, author: str, panel_id: str, times: int = 0
) -> subprocess.Popen[str]:
    arguments = [str(settings.data_dir), project, author, panel_id, str(times)]
    command = [sys.executable, "-m", "tests.store_child", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def acknowledged(child: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """Return what a dead child had printed: whole lines only."""
    assert child.stdout is not None
    lines = [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    parts = [line.rstrip("\n").partition(" ") for line in lines]
    return [(int(rev), text) for rev, _, text in parts]


def assert_all_there(store: Store, project: str, panel_id: str, told: list[tuple[int, str]]) -> None:
    wanted = dict(told)
    for entry in store.history(project, limit=100_000):
        if entry.rev in wanted:
            assert entry.edit == field(wanted.pop(entry.rev), node=f"panel:{panel_id}")
    assert wanted == {}


def test_every_acknowledged_edit_outlives_a_kill(
    settings: Settings, project: str, running: list[subprocess.Popen[str]]
) -> None:
    chance = random.Random(7)
    total = 0
    for number in range(ROUNDS):
        child = start(settings, project, f"round-{number}", FIRST)
        running.append(child)
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        child.kill()
        child.wait()
        rev, _, text = first.rstrip("\n").partition(" ")
        told = [(int(rev), text), *acknowledged(child)]
        total += len(told)
        with opened(settings) as store:
            assert_all_there(store, project, FIRST, told)
            head, book = store.head(project)
            assert head >= told[-1][0]
            assert action(book) == store.history(project, limit=1)[0].edit.args["value"]
            store.commit(project, field("жива"), "anna")
    assert total > ROUNDS


def test_several_processes_write_one_project(
    settings: Settings, project: str, running: list[subprocess.Popen[str]]
) -> None:
    panels = {"anna": FIRST, "borys": SECOND, "zoya": "ch1-p2-pan1"}
    running += [start(settings, project, author, panel_id, 40) for author, panel_id in panels.items()]
    assert [child.wait(90) for child in running] == [0, 0, 0]
    with opened(settings) as store:
        rev, book = store.head(project)
        assert rev == 1 + 3 * 40
        for child, (author, panel_id) in zip(running, panels.items(), strict=True):
            assert action(book, panel_id) == f"{author} 39"
            assert_all_there(store, project, panel_id, acknowledged(child))


def test_a_writer_goes_on_when_another_is_killed(
    settings: Settings, project: str, running: list[subprocess.Popen[str]]
) -> None:
    victim, other = start(settings, project, "anna", FIRST), start(settings, project, "borys", SECOND, 60)
    running += [victim, other]
    assert victim.stdout is not None
    victim.stdout.readline()
    time.sleep(0.05)
    victim.kill()
    victim.wait()
    assert other.wait(60) == 0
    with opened(settings) as store:
        assert_all_there(store, project, FIRST, acknowledged(victim))
        assert_all_there(store, project, SECOND, acknowledged(other))
        assert action(store.head(project).book, SECOND) == "borys 59"


def test_two_stores_on_one_folder_see_each_others_edits_and_conflicts(
    settings: Settings, project: str
) -> None:
    with opened(settings) as one, opened(settings) as two:
        base = one.version(project)
        assert two.head(project) == one.head(project)
        one.commit(project, field("від Анни"), "anna", base_rev=base)
        done = two.commit(project, field("від Бориса"), "borys", base_rev=base)
        assert (action(done.book), len(done.conflicts)) == ("від Анни", 1)
        assert one.conflicts(project) == list(done.conflicts)
        assert one.head(project) == two.head(project)
