"""A turn at the web chat's server is streamed and kept, one at a time; what is kept is bounded."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.agent.events import Text, TurnEnded, TurnEvent
from console.web.conversations import TooManyConversations, WebConversations
from console.web.log import Log
from shared import json_text
from shared.clock import system_clock
from tests.support.fake_chat import ASKED, WAIT_SECONDS, FakeService, Gate
from tests.support.page_client import assert_refused, lines, open_conversation, say


def test_start_says_who_the_customers_are_and_what_answers(client: TestClient) -> None:
    told = client.get("/api/start").json()
    assert [customer["name"] for customer in told["customers"]] == ["María", "Juan"]
    assert (told["brain"], told["place"]) == ("offline", "nowhere")
    assert told["version"]


def test_a_turn_is_streamed_as_numbered_lines_with_exact_amounts(client: TestClient) -> None:
    conversation = open_conversation(client)
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"text": "hola"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [line["type"] for line in lines(answer)] == ["said", "response", "text", "end"]
    assert [line["n"] for line in lines(answer)] == [1, 2, 3, 4]
    assert '"balance":100.00' in answer.text


def test_what_is_told_says_in_which_language_it_is(client: TestClient) -> None:
    conversation = open_conversation(client)
    for text, language in (("hola, ¿cuánto tengo?", "es"), ("how much do I have?", "en")):
        told = [line for line in say(client, conversation, text) if line["type"] == "text"]
        assert {line["language"] for line in told} == {language}


def test_the_state_of_a_customer_has_exact_amounts(client: TestClient) -> None:
    answer = client.get("/api/state?user_id=user-maria")
    assert '"balance":0.10' in answer.text


def test_a_reload_finds_the_conversation_and_what_waits(client: TestClient) -> None:
    conversation = open_conversation(client)
    assert say(client, conversation, "transfiere")[-1]["pending"] == ASKED.invocation_id
    told = client.get(f"/api/conversations/{conversation}").json()
    assert told["pending"]["invocation_id"] == ASKED.invocation_id
    assert [entry["type"] for entry in told["transcript"]] == ["said", "confirmation", "end"]
    later = client.get(f"/api/conversations/{conversation}?after=2").json()
    assert [entry["type"] for entry in later["transcript"]] == ["end"]
    assert told["busy"] is False


def test_conversations_do_not_mix(client: TestClient, service: FakeService) -> None:
    maria, juan = open_conversation(client), open_conversation(client, "user-juan")
    say(client, maria, "secreto de María")
    say(client, juan, "hola")
    told = client.get(f"/api/conversations/{juan}").text
    assert "María" not in told
    assert service.agents["user-juan"].heard == ["hola"]


def test_a_lone_surrogate_is_shown_as_a_question_mark(client: TestClient) -> None:
    conversation = open_conversation(client)
    answer = client.post(
        f"/api/conversations/{conversation}/messages",
        content=b'{"text": "hola \\ud83d"}',
        headers={"Content-Type": "application/json"},
    )
    assert lines(answer)[0]["text"] == "hola ?"
    assert lines(answer)[1]["code"] == "CONTROL_CHARACTERS"


def test_a_turn_that_breaks_ends_as_failed_and_the_conversation_goes_on(
    client: TestClient, service: FakeService
) -> None:
    def answer(text: str) -> Iterator[TurnEvent]:
        yield Text("Voy")
        if text == "rompe":
            raise RuntimeError("a secret")
        yield TurnEnded("answered")

    service.answer = answer
    conversation = open_conversation(client)
    broken = say(client, conversation, "rompe")
    assert [line["type"] for line in broken] == ["said", "text", "problem", "end"]
    assert broken[-1]["outcome"] == "failed"
    assert "secret" not in json.dumps(broken)
    assert say(client, conversation, "sigue")[-1]["outcome"] == "answered"


def test_a_second_turn_is_refused_while_one_is_under_way(
    client: TestClient, service: FakeService
) -> None:
    gate = Gate()
    service.answer = gate.answer
    conversation = open_conversation(client)
    other = open_conversation(client, "user-juan")
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(say(client, conversation, "uno")))
    thread.start()
    assert gate.reached.wait(WAIT_SECONDS)
    second = client.post(f"/api/conversations/{conversation}/messages", json={"text": "dos"})
    assert_refused(second, 409, "BUSY")
    decided = {"invocation_id": "inv-1", "decision": "CONFIRM"}
    assert_refused(
        client.post(f"/api/conversations/{conversation}/decisions", json=decided), 409, "BUSY"
    )
    assert client.get(f"/api/conversations/{conversation}").json()["busy"] is True
    gate.open.set()
    thread.join(WAIT_SECONDS)
    assert service.agents["user-maria"].heard == ["uno"]
    assert first[0][-1]["outcome"] == "answered"
    assert say(client, other, "hola")[-1]["outcome"] == "answered"
    assert say(client, conversation, "dos")[-1]["outcome"] == "answered"


def test_a_confirmation_sent_twice_counts_once(client: TestClient, service: FakeService) -> None:
    conversation = open_conversation(client)
    say(client, conversation, "transfiere")
    body = {"invocation_id": "inv-1", "decision": "CONFIRM"}
    answers = [
        client.post(f"/api/conversations/{conversation}/decisions", json=body) for _ in range(2)
    ]
    assert service.agents["user-maria"].decisions == ["CONFIRM"]
    types = [line["type"] for line in lines(answers[0])]
    assert types == ["chosen", "decision", "settled", "text", "end"]
    assert lines(answers[0])[-1]["pending"] is None
    assert lines(answers[1])[1]["code"] == "NOTHING_TO_CONFIRM"


def test_who_saw_the_end_may_start_the_next_turn_at_once(client: TestClient) -> None:
    conversation = open_conversation(client)
    for number in range(100):
        assert say(client, conversation, str(number))[-1]["type"] == "end"


def test_the_conversation_unused_for_longest_is_forgotten_and_a_busy_one_never() -> None:
    service = FakeService()
    gate = Gate()
    service.answer = gate.answer
    conversations = WebConversations(system_clock, max_conversations=2)
    busy = conversations.add("user-maria", service.open("user-maria"))
    busy.say("uno")
    assert gate.reached.wait(WAIT_SECONDS)
    second = conversations.add("user-maria", service.open("user-maria"))
    third = conversations.add("user-maria", service.open("user-maria"))
    assert conversations.find(second.id) is None
    assert conversations.find(busy.id) is busy
    third.say("tres")
    with pytest.raises(TooManyConversations):
        conversations.add("user-maria", service.open("user-maria"))
    assert not conversations.wait_until_idle(0)
    gate.open.set()
    assert conversations.wait_until_idle(WAIT_SECONDS)
    assert conversations.add("user-maria", service.open("user-maria"))


def test_a_log_forgets_the_oldest_and_says_how_many() -> None:
    log = Log(max_bytes=300, clock=system_clock)
    for number in range(20):
        log.append({"type": "text", "delta": str(number)})
    last, kept = log.after(0)
    told = [json_text.loads(line.decode()) for line in kept]
    assert last == log.last == 20
    assert told[0] == {"type": "missed", "count": 20 - len(told[1:])}
    assert [line["n"] for line in told[1:]] == list(range(told[1]["n"], 21))
    assert sum(map(len, kept[1:])) <= 300
    assert log.after(20) == (20, [])


def test_one_entry_above_the_limit_is_kept_alone() -> None:
    log = Log(max_bytes=10, clock=system_clock)
    log.append({"type": "text", "delta": "a" * 100})
    log.append({"type": "text", "delta": "b" * 100})
    assert len(log.after(1)[1]) == 1
