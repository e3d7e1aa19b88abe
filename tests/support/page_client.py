"""What the page of the web chat asks its server for, and how the server refuses."""

import json
from typing import Any

from starlette.testclient import TestClient

PORT = 8001
HOME = f"http://127.0.0.1:{PORT}"
AUTH = {"Authorization": "Bearer the-token"}
OURS = AUTH | {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}


def open_conversation(client: TestClient, user_id: str = "user-maria") -> str:
    answer = client.post("/api/conversations", json={"user_id": user_id, "language": "es"})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def say(client: TestClient, conversation: str, text: str) -> list[dict[str, Any]]:
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    return lines(answer)


def assert_refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
