"""A model is asked until its answer can be used, or it is said clearly why it cannot."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest

from kitsumy_core.errors import (
    ModelAnswerError,
    ModelAwayError,
    ModelError,
    ModelRejectedError,
    ModelSetupError,
)
from kitsumy_core.messages import explain
from kitsumy_core.planner.llm.ask import Answer, Asker, Patience, Question, Unfit
from kitsumy_core.planner.llm.facts import Facts, Remembered, facts_from, without_limits
from kitsumy_core.planner.llm.ollama import Ollama
from kitsumy_core.planner.llm.openai_chat import OpenAIChat
from kitsumy_core.planner.llm.scripted import Pause, Scripted
from kitsumy_core.planner.llm.seam import Message, Piece
from tests.llm_servers import CHUNKED, HEAD, Replay, error, event, events, raw_server, recorded

URL = "http://127.0.0.1:9/v1"
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "minItems": {"type": "array", "maxItems": 3, "items": {}}},
    "required": ["title"],
    "additionalProperties": False,
}
ASKED = Question((Message("system", "You plan comics."), Message("user", "Маяк")), SCHEMA, temperature=0.8)
GOOD = '{"title": "Маяк"}'


async def _at_once(seconds: float) -> None:
    WAITED.append(seconds)


WAITED: list[float] = []


def asked(
    server: Replay | OpenAIChat | Ollama | Scripted, question: Question = ASKED, read: Any = dict, **how: Any
) -> Answer[Any]:
    WAITED.clear()
    provider = (
        OpenAIChat(URL, "sk-test", transport=server.transport) if isinstance(server, Replay) else server
    )

    async def run() -> Answer[Any]:
        asker = Asker(provider, how.pop("model", "m"), sleep=_at_once, **how)
        try:
            return await asker.ask(question, read)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def refused(server: Any, **how: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        asked(server, **how)
    assert "?" not in explain(caught.value, "en")
    return caught.value


def test_a_stream_of_a_real_server_is_read_with_its_usage() -> None:
    answer = asked(Replay(recorded("18")))
    assert set(answer.value) >= {"text"}
    assert answer.usage.answer > 50
    assert answer.usage.calls == 1
    assert not answer.usage.guessed


def test_an_answer_is_always_streamed_under_the_schema() -> None:
    server = Replay(events('{"title": ', '"Маяк"}'))
    heard: list[str] = []

    async def run() -> None:
        provider = OpenAIChat(URL, "sk-test", transport=server.transport)
        await Asker(provider, "m").ask(ASKED, dict, heard.append)
        await provider.aclose()

    asyncio.run(run())
    body = server.bodies[0]
    assert body["stream"] is True
    assert body["response_format"]["json_schema"]["strict"] is True
    assert heard == ['{"title": ', GOOD]


def test_a_server_without_schemas_is_asked_for_an_object_and_that_is_remembered() -> None:
    server = Replay(recorded("30"), events(GOOD))
    memory = Remembered()
    assert asked(server, memory=memory).value == {"title": "Маяк"}
    assert [body.get("response_format", {}).get("type") for body in server.bodies] == [
        "json_schema",
        "json_object",
    ]
    again = Replay(events(GOOD))
    asked(again, memory=memory)
    assert again.bodies[0]["response_format"] == {"type": "json_object"}
    assert WAITED == []


def test_a_server_without_any_form_is_asked_in_words_alone() -> None:
    server = Replay(
        error(400, "'response_format.type' must be 'text' or 'json_object'"),
        error(422, "response_format: not permitted"),
        events(f"Sure! Here it is:\n```json\n{GOOD}\n```\nHope it helps."),
    )
    assert asked(server).value == {"title": "Маяк"}
    assert "response_format" not in server.bodies[2]


def test_parameters_that_a_model_refuses_are_dropped() -> None:
    server = Replay(
        error(
            400,
            "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
        error(400, "Unsupported value: 'temperature' does not support 0.8 with this model."),
        error(400, "Unknown parameter: 'stream_options'."),
        error(400, "Invalid schema for response_format: 'maxItems' is not permitted."),
        events(GOOD),
    )
    memory = Remembered()
    asked(server, memory=memory)
    last = server.bodies[-1]
    assert "max_tokens" not in last
    assert last["max_completion_tokens"] == 4 * ASKED.max_tokens, "its thoughts count too"
    assert "temperature" not in last
    assert "stream_options" not in last
    properties = last["response_format"]["json_schema"]["schema"]["properties"]
    assert properties["minItems"] == {"type": "array", "items": {}}, "a field of such a name stays"
    assert memory.facts(URL, "m") == Facts(
        token_field="max_completion_tokens", temperature=False, stream_usage=False, limits=False
    )
    assert facts_from(memory.facts(URL, "m").as_json()) == memory.facts(URL, "m")
    assert facts_from({"level": "telepathy", "temperature": "no"}) == Facts()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (GOOD, {"title": "Маяк"}),
        (f"<think>{{maybe}} not</think>\n{GOOD}", {"title": "Маяк"}),
        (f"reasoning without a beginning {{}}</think>{GOOD}", {"title": "Маяк"}),
        (f"Of course! ```json\n{GOOD}\n``` and more", {"title": "Маяк"}),
        ('{"title": "a\nb"}', {"title": "a\nb"}),
        ("{'title': 'Маяк',}", {"title": "Маяк"}),
        ('{"title": "\\ud800x"}', {"title": "\ufffdx"}),
    ],
)
def test_an_object_is_found_in_whatever_surrounds_it(said: str, wanted: dict[str, str]) -> None:
    assert asked(Replay(events(said))).value == wanted


@pytest.mark.parametrize("said", ["No.", "[1, 2]", "<think>{}", "{" * 3000, '{"a":' * 100 + "1" + "}" * 100])
def test_what_holds_no_object_is_asked_for_once_more_and_then_given_up(said: str) -> None:
    server = Replay(events(said))
    assert refused(server).error_code == "llm-unfit"
    assert len(server.requests) == 2
    repair = server.bodies[1]["messages"]
    assert [m["role"] for m in repair] == ["system", "user", "assistant", "user"]


def test_one_turn_of_repair_names_the_faults() -> None:
    def read(value: dict[str, Any]) -> str:
        if value["title"] != "Маяк":
            raise Unfit("/title: must be Маяк")
        return str(value["title"])

    server = Replay(events('{"title": "Lamp"}'), events(GOOD))
    answer = asked(server, read=read)
    assert (answer.value, answer.repaired, answer.usage.calls) == ("Маяк", True, 2)
    assert "/title: must be Маяк" in server.bodies[1]["messages"][-1]["content"]


def test_the_second_model_is_asked_when_the_first_fails() -> None:
    server = Replay(lambda body: events("no") if body["model"] == "m" else events(GOOD))
    answer = asked(server, fallback="second")
    assert answer.model == "second"
    assert answer.usage.calls == 3
    unknown = Replay(recorded("21"), events(GOOD))
    assert asked(unknown, fallback="second").model == "second"


def test_a_cut_answer_is_asked_for_once_with_twice_the_room() -> None:
    server = Replay(recorded("05"), events(GOOD))
    assert asked(server).value == {"title": "Маяк"}
    assert [body["max_tokens"] for body in server.bodies] == [2000, 4000]
    assert refused(Replay(recorded("05"))).error_code == "llm-cut"


def test_a_model_that_thought_away_its_room_gets_much_more() -> None:
    answers = iter([[Piece(thought="hm"), Piece(finish="length")], [Piece(thought="ah"), Piece(text=GOOD)]])
    server = Scripted(lambda call: next(answers))
    assert asked(server).value == {"title": "Маяк"}
    assert [call.max_tokens for call in server.calls] == [2000, 8000]


def test_a_stream_that_ends_without_a_word_of_its_end_counts_as_cut() -> None:
    half = events('{"title": "Ма', finish=None, usage=False, done=False)
    server = Replay(half, events(GOOD))
    assert asked(server).value == {"title": "Маяк"}
    whole = Replay(events(GOOD, finish=None, usage=False))
    answer = asked(whole)
    assert answer.value == {"title": "Маяк"}
    assert answer.usage.guessed


def test_a_refusal_and_a_filter_are_said_and_not_tried_again() -> None:
    for answer in (
        Scripted(lambda call: [Piece(refusal="I cannot write that.", finish="stop")]),
        Scripted(lambda call: [Piece(text="{", finish="content_filter")]),
    ):
        assert refused(answer).error_code == "llm-refused"
        assert len(answer.calls) == 1


@pytest.mark.parametrize(
    ("answer", "code", "calls"),
    [
        (recorded("20"), "llm-key", 1),
        (recorded("21"), "llm-model-unknown", 1),
        (recorded("14"), "llm-too-long", 1),
        (recorded("15"), "llm-address-wrong", 1),
        (recorded("17"), "llm-failed", 3),
        (error(429, "Rate limit reached"), "llm-busy", 3),
        (error(429, "You exceeded your current quota (insufficient_quota)"), "llm-quota", 1),
        (error(503, "server busy"), "llm-busy", 3),
        (error(404, "model 'm' not found, try pulling it first"), "llm-model-unknown", 1),
        (error(429, "slow down", retry_after="3600"), "llm-busy", 1),
        (
            httpx2.Response(200, headers={"content-type": "text/html"}, text="<html>Welcome"),
            "llm-not-a-server",
            1,
        ),
        (
            httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=": ping\n\n"),
            "llm-empty",
            3,
        ),
        (httpx2.Response(302, headers={"location": "https://evil.example/"}), "llm-rejected", 1),
    ],
)
def test_each_failure_has_its_own_word_and_only_safe_ones_are_tried_again(
    answer: httpx2.Response, code: str, calls: int
) -> None:
    server = Replay(answer)
    assert refused(server).error_code == code
    assert len(server.requests) == calls


def test_waits_grow_and_follow_what_the_server_asks() -> None:
    server = Replay(error(503, "busy"), error(429, "slow down", retry_after="7"), events(GOOD))
    asked(server)
    assert 0.4 <= WAITED[0] <= 0.6
    assert WAITED[1] == 7


def test_a_server_that_does_not_stream_is_understood() -> None:
    assert asked(Replay(recorded("02")), read=lambda value: len(value["panels"])).value == 4


def test_no_key_of_a_server_reaches_a_message() -> None:
    failure = refused(
        Replay(error(401, "Incorrect API key provided: sk-proj-abcdef123456. See Bearer abc.def"))
    )
    assert "sk-proj" not in str(failure) + explain(failure, "en")
    assert "abc.def" not in str(failure)


def test_nothing_of_the_environment_goes_to_a_foreign_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env-secret")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: header-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example")
    server = Replay(events(GOOD))
    asked(OpenAIChat(URL, "", transport=server.transport))
    request = server.requests[0]
    assert request.url.host == "127.0.0.1"
    assert "secret" not in str(request.headers.raw) + str(request.url)
    assert request.headers["authorization"] == "Bearer none"


# --- real sockets ---------------------------------------------------------------------------------------


def on_socket(
    parts: list[bytes | float | None], patience: Patience, *, cancel_after: float = 0
) -> tuple[Any, list[str]]:
    async def run() -> tuple[Any, list[str]]:
        async with raw_server(parts) as (address, seen):
            provider = OpenAIChat(address)
            asker = Asker(provider, "m", patience=patience, sleep=_at_once)
            task = asyncio.create_task(asker.ask(ASKED, dict))
            if cancel_after:
                await asyncio.sleep(cancel_after)
                task.cancel()
            try:
                result: Any = (await task).value
            except ModelError as failed:
                result = failed
            except asyncio.CancelledError:
                result = "cancelled"
            await asyncio.sleep(0.05)
            await provider.aclose()
            return result, seen

    return asyncio.run(run())


QUICK = Patience(first=0.15, gap=0.1, total=5, tries=1)


def test_a_server_that_says_nothing_is_given_up() -> None:
    result, seen = on_socket([HEAD, b": ping\n\n", 0.12, b": ping\n\n", 1.0], QUICK)
    assert result.error_code == "llm-silent"
    assert "closed" in seen


def test_a_stream_that_stops_in_the_middle_is_given_up() -> None:
    result, _ = on_socket([HEAD, event('{"ti'), 1.0], QUICK)
    assert result.error_code == "llm-stalled"


def test_a_stream_without_end_meets_the_total_deadline() -> None:
    drip: list[bytes | float | None] = [HEAD]
    for _ in range(40):
        drip += [event("x"), 0.02]
    result, _ = on_socket(drip, Patience(first=1, gap=1, total=0.2, tries=1))
    assert result.error_code == "llm-total"


def test_a_broken_connection_is_tried_again_and_then_said() -> None:
    result, seen = on_socket([CHUNKED, None], Patience(tries=2))
    assert isinstance(result, ModelAwayError)
    assert seen.count("asked") == 2


def test_cancelling_hangs_up_at_once() -> None:
    result, seen = on_socket([HEAD, event('{"ti'), 3.0], Patience(), cancel_after=0.15)
    assert result == "cancelled"
    assert seen == ["asked", "closed"]


def test_nobody_listening_is_said() -> None:
    assert refused(OpenAIChat("http://127.0.0.1:9/v1"), patience=QUICK).error_code == "llm-unreachable"


# --- Ollama ---------------------------------------------------------------------------------------------


def ollama(*lines: dict[str, Any], status: int = 200) -> Replay:
    return Replay(httpx2.Response(status, text="\n".join(json.dumps(line) for line in lines)))


def test_ollama_is_told_its_context_and_may_not_forget_silently() -> None:
    server = ollama(
        {"message": {"thinking": "hm"}, "done": False},
        {"message": {"content": GOOD}, "done": False},
        {
            "message": {"content": ""},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 90,
            "eval_count": 9,
        },
    )
    answer = asked(Ollama("http://127.0.0.1:9", transport=server.transport), context=16384)
    assert answer.value == {"title": "Маяк"}
    assert (answer.usage.prompt, answer.usage.answer) == (90, 9)
    body = server.bodies[0]
    assert server.requests[0].url.path == "/api/chat"
    assert body["options"] == {"num_predict": 2000, "num_ctx": 16384, "temperature": 0.8}
    assert (body["truncate"], body["shift"]) == (False, False)
    assert body["format"] == SCHEMA
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (400, "the input length exceeds the context length", "llm-too-long"),
        (404, "model 'm' not found, try pulling it first", "llm-model-unknown"),
        (503, "server busy, please try again", "llm-busy"),
    ],
)
def test_ollamas_refusals_are_understood(status: int, said: str, code: str) -> None:
    server = ollama({"error": said}, status=status)
    assert refused(Ollama("http://127.0.0.1:9", transport=server.transport)).error_code == code


def test_an_error_in_the_middle_of_ollamas_stream_is_one() -> None:
    server = ollama(
        {"message": {"content": "{"}, "done": False}, {"error": "llama runner process has terminated"}
    )
    assert refused(Ollama("http://127.0.0.1:9", transport=server.transport)).error_code == "llm-failed"


# --- many at once ---------------------------------------------------------------------------------------


def test_no_more_calls_run_at_once_than_the_server_has_room_for() -> None:
    server = Scripted(lambda call: [Pause(0.01), GOOD])

    async def run() -> None:
        asker = Asker(server, "m", width=3)
        await asyncio.gather(*(asker.ask(ASKED, dict) for _ in range(10)))

    asyncio.run(run())
    assert server.most_running == 3


def test_a_busy_server_gets_fewer_calls_and_later_more_again() -> None:
    answers = iter([ModelAwayError("llm-busy", status=429, detail="", after=0.0)])
    server = Scripted(lambda call: next(answers, GOOD))

    async def run() -> list[int]:
        asker = Asker(server, "m", width=4, sleep=_at_once)
        widths = []
        for _ in range(11):
            await asker.ask(ASKED, dict)
            widths.append(asker.gate.width)
        return widths

    widths = asyncio.run(run())
    assert (widths[0], widths[-1]) == (2, 4)


def test_what_was_spent_in_vain_is_told() -> None:
    failure = refused(Scripted(lambda call: "no"))
    assert isinstance(failure, ModelAnswerError)
    assert failure.params["usage"].calls == 2


def test_limits_go_from_a_schema_and_names_stay() -> None:
    assert without_limits({"properties": {"pattern": {"type": "string", "pattern": "x"}}}) == {
        "properties": {"pattern": {"type": "string"}}
    }


def test_without_a_model_nothing_is_asked() -> None:
    assert isinstance(refused(Scripted(lambda call: GOOD), model=""), ModelSetupError)
    assert issubclass(ModelRejectedError, ModelError)
