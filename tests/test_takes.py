"""Takes: found by what they show, cleared without losing what is wanted; translations kept by their text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.plan.edits import edit
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.shot import CastMember, Part
from kitsumy_core.store import Store, Take, TakeSearch
from tests.samples import a_book
from tests.stores import FIRST, SECOND, a_shot, a_take, opened, settings_for


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(settings_for(tmp_path_factory.mktemp("store") / "data")) as store:
        yield store


@pytest.fixture
def project(store: Store) -> str:
    return store.create(a_book(), "anna").id


def add(store: Store, project: str, prompt: str, panel: str = FIRST, **shot: Any) -> Take:
    made = a_take(project, shot=a_shot().but(**shot), request=DiffusionRequest(prompt=prompt))
    return store.add_take(Take(**vars(made) | {"panel_id": panel}))


def found(store: Store, project: str, **search: Any) -> list[str]:
    takes, total = store.search_takes(project, TakeSearch(**search))
    assert len(takes) == total
    return [take.id for take in takes]


def test_takes_are_found_by_prompt_character_page_and_style(store: Store, project: str) -> None:
    marko = CastMember(id="char-1", name=Part(text="Марко"))
    one = add(store, project, "A Lighthouse in rain", cast=(marko,))
    two = add(store, project, "a boat, 100% wet", SECOND, style_id="noir")
    assert found(store, project) == [two.id, one.id]
    assert found(store, project, words="RAIN lighthouse") == [one.id]
    assert found(store, project, words="марко БІЖИТЬ rain") == [one.id]
    assert found(store, project, words="100%") == [two.id]
    assert found(store, project, words="%") == [two.id]
    assert found(store, project, character="char-1") == [one.id]
    assert found(store, project, character="char") == []
    assert found(store, project, panels=(SECOND,)) == [two.id]
    assert found(store, project, panels=()) == []
    assert found(store, project, style_id="noir") == [two.id]
    store.set_favourite(project, one.id, True)
    assert found(store, project, favourites=True) == [one.id]
    assert store.search_takes(project, TakeSearch(), limit=1)[1] == 2


def test_a_sketch_is_found_by_what_its_shot_says(store: Store, project: str) -> None:
    request = SketchRequest(shot=a_shot(), width=64, height=64)
    take = store.add_take(a_take(project, request=request))
    assert found(store, project, words="біжить") == [take.id]
    assert store.take(project, take.id).request == request


def test_clearing_keeps_what_is_shown_what_a_draft_shows_and_favourites(store: Store, project: str) -> None:
    chosen, drafted, liked, plain = (add(store, project, f"take {n}") for n in range(4))
    store.commit(project, edit("pick_take", panel_id=FIRST, take_id=drafted.id), "anna")
    store.add_draft(project, "before", "anna")
    store.commit(project, edit("pick_take", panel_id=FIRST, take_id=chosen.id), "anna")
    store.set_favourite(project, liked.id, True)
    assert store.takes_to_clear(project) == [plain.id]
    assert store.clear_takes(project) == 1
    assert {take.id for take in store.takes(project)} == {chosen.id, drafted.id, liked.id}


def test_a_text_is_translated_once_for_every_project(store: Store) -> None:
    store.keep_translations({"маяк": "lighthouse", "порожнє": "  "}, "uk", "a model")
    assert store.translations(["маяк", " маяк ", "порожнє", "човен"], "uk")["маяк"] == "lighthouse"
    assert store.translations(["порожнє", "човен"], "uk") == {}
    assert store.translations(["маяк"], "pl") == {}


def test_what_was_corrected_by_hand_no_model_changes(store: Store) -> None:
    store.keep_translations({"коса": "scythe"}, "uk", "a model")
    store.keep_translations({"коса": "braid"}, "uk")
    store.keep_translations({"коса": "spit of land", "човен": "boat"}, "uk", "a model")
    assert store.translations(["коса", "човен"], "uk") == {"коса": "braid", "човен": "boat"}
    assert store.corrected(["коса", "човен"], "uk") == {"коса"}
    store.forget_translation("коса", "uk")
    assert store.translations(["коса"], "uk") == {}


def test_takes_from_before_the_search_are_found_too(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import MetaData, Table, insert, select

    from kitsumy_core.store.database import Database

    settings, config = settings_for(tmp_path / "data"), Config()
    with opened(settings_for(tmp_path / "other")) as store:
        project = store.create(a_book(), "anna").id
        add(store, project, "An old Lighthouse", cast=(CastMember(id="c", name=Part(text="Зоя")),))
        with store.database.read() as connection:
            rows = {
                name: [dict(row._mapping) for row in connection.execute(select(table))]
                for name in ("projects", "journal", "snapshots", "takes")
                for table in [Table(name, MetaData(), autoload_with=connection)]
            }
    config.set_main_option("script_location", "kitsumy_core.store:migrations")
    before = ScriptDirectory.from_config(config).get_revision("0003").down_revision
    database = Database(settings)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, str(before))
        for name, some in rows.items():
            table = Table(name, MetaData(), autoload_with=connection)
            known = [{column: row[column] for column in row if column in table.columns} for row in some]
            connection.execute(insert(table), known)
    database.close()
    with opened(settings) as store:
        assert len(found(store, project, words="old зоя", character="c")) == 1
