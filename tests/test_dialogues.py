"""Two hundred dialogues, lettered and judged from the finished document by rules of its own."""

from __future__ import annotations

import pytest

from benchmarks.dialogues import cases
from benchmarks.lettering import a_take, covers, faults, judged, reading_order
from kitsumy_core.geometry import Rect
from kitsumy_core.page.compose import compose_page
from kitsumy_core.page.document import BalloonShape, Lettering, SetText, Tail
from kitsumy_core.page.fonts import measure


def balloon(name: str, x: float, y: float, rx: float = 100, ry: float = 60, **more: object) -> Lettering:
    text = SetText(size=30, leading=35, lines=("A",))
    shape = BalloonShape(cx=x, cy=y, rx=rx, ry=ry)
    return Lettering(id=name, kind="speech", order=1, panel="p", shape=shape, text=text, **more)  # type: ignore[arg-type]


def test_two_hundred_dialogues_are_lettered_without_a_fault_with_busy_pictures_and_without() -> None:
    found = cases(200)
    assert sum(case.language == "uk" for case in found) == 100
    takes = [a_take(case, number) for number, case in enumerate(found)]
    for shown in ([], takes):
        counted, listed, _times = judged(found, shown)
        unfit = counted.pop("cannot-fit", 0)
        assert listed[:5] == [] or all(kind == "cannot-fit" for _n, kind, _where in listed)
        assert sum(counted.values()) == 0
        assert unfit <= 4, "what cannot fit is reported, and rare"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"shape": BalloonShape(cx=900, cy=900, rx=12, ry=30)}, "overflow"),
        ({"tails": (Tail(target=(1e4, -9e3), length_ratio=1.0),)}, ""),
    ],
)
def test_the_judge_sees_what_it_is_asked_to_see(change: dict[str, object], fault: str) -> None:
    case = cases(1)[0]
    page = compose_page(case.book, "main", case.page, 1, {}, measure)
    first = page.lettering[0]
    wrong = page.but(lettering=(first.but(**change), *page.lettering[1:]))
    kinds = {kind for kind, _where in faults(wrong, mirrored=False)}
    assert fault in kinds or not fault


def test_the_judge_sees_covered_faces_and_crossing_tails() -> None:
    assert covers(balloon("a", 500, 500), Rect(420, 440, 480, 520))
    assert not covers(balloon("a", 500, 500), Rect(700, 440, 780, 520))


def test_the_readers_eye_goes_row_by_row_from_the_side_of_the_start() -> None:
    row = [balloon("left", 200, 110), balloon("right", 600, 100), balloon("below", 150, 400)]
    assert reading_order(row, mirrored=False) == ["left", "right", "below"]
    assert reading_order(row, mirrored=True) == ["right", "left", "below"]
