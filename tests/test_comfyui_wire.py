"""Reading what a ComfyUI server says: odd answers do no harm."""

from __future__ import annotations

import pytest

from kitsumy_core.render.comfyui_wire import (
    Outcome,
    Output,
    chosen_outputs,
    read_frame,
    read_history,
    read_message,
    read_queue,
)
from tests.comfyui_server import recorded

# -- reading the wire


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"type": 1}', '{"type": "executing", "data": [1]}', "[" * 9999]
)
def test_odd_text_messages_do_no_harm(text: str) -> None:
    message = read_message(text)
    assert message is None or message.prompt_id == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\1",
        b"\0\0\0\4\xff\xff\xff\xff{}",
        b"\0\0\0\3\0\0\0\1text",
        b"\0\0\0\1\0\0\0\1not an image",
    ],
)
def test_odd_frames_do_no_harm(data: bytes) -> None:
    assert read_frame(data) is None


def test_the_queue_is_read_in_the_order_it_will_run() -> None:
    body = recorded("queue_heap_order")
    assert [row[0] for row in body["queue_pending"]] == [-98, 97, 96]
    queue = read_queue(body)
    front, middle, last = (row[1] for row in sorted(body["queue_pending"]))
    assert queue.pending == (front, middle, last)
    assert queue.ahead_of(last) == (*queue.running, front, middle)
    assert queue.ahead_of("somebody") is None


@pytest.mark.parametrize("body", [None, [], {"x": 1}, {"x": {}}, {"x": {"outputs": [], "status": 5}}])
def test_odd_history_does_no_harm(body: object) -> None:
    outcome = read_history(body, "x")
    assert outcome is None or outcome.outputs == {}


def test_a_path_of_the_server_is_only_ever_a_question_to_the_same_server() -> None:
    entry = {"outputs": {"9": {"images": [{"filename": "a", "subfolder": "/etc", "type": "elsewhere"}, 5]}}}
    outcome = read_history({"x": entry}, "x")
    assert outcome is not None
    assert outcome.outputs == {"9": ()}


def test_pictures_under_the_jobs_name_are_kept_then_saved_ones_then_temporary_ones() -> None:
    def outcome(*outputs: Output) -> Outcome:
        return Outcome("success", {"9": outputs}, {})

    ours, theirs = Output("job_00001_.png", "kitsumy"), Output("other_00001_.png")
    temporary = Output("ComfyUI_temp_1.png", type="temp")
    assert chosen_outputs(outcome(temporary, theirs, ours), "job") == (ours,)
    assert chosen_outputs(outcome(temporary, theirs), "job") == (theirs,)
    assert chosen_outputs(outcome(temporary), "job") == (temporary,)
