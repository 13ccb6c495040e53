"""Room for words: asked for before rendering, kept on the page, judged again when the format changes."""

from __future__ import annotations

import pytest

from kitsumy_core.errors import PlanFileError
from kitsumy_core.geometry import Rect
from kitsumy_core.messages import explain
from kitsumy_core.page.compose import compose, compose_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.quiet import quiet_area
from kitsumy_core.page.reading import read_document
from kitsumy_core.page.refit import misfits, newly_unfit
from kitsumy_core.page.sizes import page_frames
from kitsumy_core.pipeline import RenderOptions, planned
from kitsumy_core.plan.book import Edition, Placement
from kitsumy_core.plan.models import Dialogue, DialogueKit, PanelKit, PlanKit
from tests.samples import a_book, a_page, a_panel


def lines(*texts: str) -> tuple[Dialogue, ...]:
    return tuple(
        Dialogue(character="char-1", text=t, kitsumy=DialogueKit(id=f"d{i}")) for i, t in enumerate(texts)
    )


def book_with(panel, **fields):  # type: ignore[no-untyped-def]
    plan = a_book(**fields).plan
    page = a_page(layout="single", panels=1).but(panels=(panel,))
    chapter = plan.chapters[0].but(pages=(page,))
    return a_book(**fields).but(plan=plan.but(chapters=(chapter,)).numbered())


def test_the_prompt_asks_for_quiet_space_where_the_words_will_lie() -> None:
    book = book_with(a_panel(dialogue=lines("Маяк не світить уже три ночі, і ніхто не знає чому.")))
    area = quiet_area(book, "ch1-p1-pan1")
    assert area.places
    assert all(0 <= v <= 1 for box in area.boxes for v in box)
    assert "third" in area.words or "corner" in area.words
    wanted = planned(book, "ch1-p1-pan1", RenderOptions(backend="comfyui"))
    assert area.words.split()[0].casefold() in wanted.request.prompt.casefold()  # type: ignore[union-attr]
    assert area.words[1:] in wanted.request.prompt  # type: ignore[union-attr]


def test_the_estimated_place_is_near_the_one_that_is_lettered() -> None:
    book = book_with(a_panel(dialogue=lines("Хто там на сходах?", "Агов!")))
    page = next(book.plan.pages())
    box = Rect.around(page_frames(book, "main", page).polygons[0])
    drawn = compose_page(book, "main", page, 1, {}, measure).lettering
    for guess, entry in zip(quiet_area(book, "ch1-p1-pan1").boxes, drawn, strict=True):
        at = box.share_of((entry.shape.cx, entry.shape.cy))
        assert guess.centre.distance(at) < 0.2


def test_a_silent_panel_asks_for_nothing_and_the_authors_word_comes_first() -> None:
    assert quiet_area(book_with(a_panel(dialogue=())), "ch1-p1-pan1").words == ""
    assert quiet_area(a_book(), "nobody") == ((), (), "")
    chosen = a_panel(dialogue=lines("Так"), kitsumy=PanelKit(quiet="bottom-left"))
    assert "lower left" in quiet_area(book_with(chosen), "ch1-p1-pan1").words
    own = a_panel(dialogue=lines("Так"), kitsumy=PanelKit(quiet="empty sky above the roofs"))
    assert quiet_area(book_with(own), "ch1-p1-pan1").words == "empty sky above the roofs"


@pytest.mark.parametrize("layout", ["splash", "bleed-top", "spread-splash", "splash-insets"])
def test_words_stay_in_the_safe_area_off_the_fold_and_off_insets(layout: str) -> None:
    count = {"splash": 1, "bleed-top": 3, "spread-splash": 1, "splash-insets": 3}[layout]
    texts = ("Маяк не світить уже три ночі.", "Це вітер.", "Тримай ліхтар вище!")
    panels = tuple(
        a_panel(f"p{n}", characters=("char-1", "char-2"), dialogue=lines(*texts) if n == 0 else ())
        for n in range(count)
    )
    book = a_book()
    page = a_page(layout=layout, panels=count).but(panels=panels)
    box = compose_page(book, "main", page, 1, {}, measure)
    frames = page_frames(book, "main", page)
    safe = Rect(0, 0, box.trim.width, box.trim.height).inset(box.safe - 1)
    assert box.spread == (layout == "spread-splash")
    for entry in box.lettering:
        body = Rect.centred((entry.shape.cx, entry.shape.cy), entry.shape.rx, entry.shape.ry)
        assert safe.intersection(body) == body
        if box.spread:
            fold = Rect(box.trim.width / 2 - 5, 0, box.trim.width / 2 + 5, box.trim.height)
            assert fold.intersection(body) is None
        for polygon, slot in zip(frames.polygons, frames.panels, strict=True):
            assert not (slot.z and entry.panel == "p0" and Rect.around(polygon).intersection(body))


def test_subjects_say_whose_faces_are_known() -> None:
    known = a_panel(kitsumy=PanelKit(focus=((0.4, 0.4),)))
    for panel, is_known in ((known, True), (a_panel(), False)):
        book = book_with(panel)
        shown = compose_page(book, "main", next(book.plan.pages()), 1, {}, measure).panels[0].subjects
        assert [(s.name, s.known) for s in shown] == [("Марко", is_known)]


def test_a_smaller_format_names_the_hand_placements_that_no_longer_fit() -> None:
    panel = a_panel(dialogue=lines("Маяк не світить уже три ночі, і ніхто не знає чому.", "Так."))
    hands = {"d0": Placement(x=0.13, y=0.12), "d1": Placement(x=0.5, y=0.9)}
    large = book_with(panel, kitsumy=PlanKit(format="album")).but(editions=(Edition(placements=hands),))
    small = large.but(plan=large.plan.but(kitsumy=PlanKit(format="tankobon")))
    page = next(large.plan.pages())
    before, after = (compose_page(b, "main", page, 1, {}, measure) for b in (large, small))
    assert list(misfits(before)) == []
    found = newly_unfit(before, after)
    assert [(m.lettering, m.reason) for m in found] == [("d0", "outside")]
    for box, entry in ((before, before.lettering[1]), (after, after.lettering[1])):
        frame = Rect.around(list(box.panels[0].shape.points))
        assert frame.share_of((entry.shape.cx, entry.shape.cy)) == pytest.approx((0.5, 0.9), abs=1e-3)
        assert entry.locked


def test_what_was_out_of_place_before_is_the_authors_wish() -> None:
    panel = a_panel(dialogue=lines("Маяк не світить."))
    placed = Edition(placements={"d0": Placement(x=0.0, y=0.5)})
    book = book_with(panel).but(editions=(placed,))
    page = compose_page(book, "main", next(book.plan.pages()), 1, {}, measure)
    assert [m.reason for m in misfits(page)] == ["outside"]
    assert newly_unfit(page, page) == []


def test_a_document_is_read_with_its_unknown_keys_and_refused_where_it_is_newer() -> None:
    document = compose(a_book(), "main", {}, measure)
    value = document.model_dump(mode="json")
    value["pages"][0]["x-other"] = {"a": 1}
    assert read_document(value).model_dump(mode="json") == value
    assert read_document(value | {"version": "1.9.0"}).version == "1.9.0"
    for change, code in (
        ({"version": "2.0.0"}, "document-newer"),
        ({"format": "else"}, "document-other"),
        ({"version": None}, "document-damaged"),
        ({"pages": [{"id": 3}]}, "document-damaged"),
    ):
        with pytest.raises(PlanFileError) as caught:
            read_document(value | change)
        assert caught.value.error_code == code
        assert explain(caught.value, "uk") != explain(caught.value, "en")
