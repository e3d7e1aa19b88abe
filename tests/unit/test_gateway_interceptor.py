"""Who is calling at the gateway comes from the verified token, from nothing that a client sends."""

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from shared.gateway_interceptor import lambda_handler
from tests.support.gateway import CALLER_HEADER, invoke, told
from tests.support.world import World

BODY = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "a___getBalance"}}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CALLER_HEADER", CALLER_HEADER)
    monkeypatch.setenv("GATEWAY_CALLER_CLAIM", "sub")


def token(claims: Any) -> str:
    """Return a token as an issuer writes it; only the gateway checks its signature."""
    parts = [json.dumps({"alg": "RS256"}), json.dumps(claims), "signature"]
    coded = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return ".".join(coded)


def ask(headers: Any, body: Any = BODY) -> dict[str, Any]:
    request = {"path": "/mcp", "httpMethod": "POST", "headers": headers, "body": body}
    event = {
        "interceptorInputVersion": "1.0",
        "mcp": {"rawGatewayRequest": {"body": json.dumps(body)}, "gatewayRequest": request},
    }
    output = json.loads(json.dumps(lambda_handler(json.loads(json.dumps(event)), None)))
    assert output["interceptorOutputVersion"] == "1.0"
    assert len(output["mcp"]) == 1
    return output["mcp"]  # type: ignore[no-any-return]


def headers_after(headers: dict[str, Any]) -> dict[str, Any]:
    return ask(headers)["transformedGatewayRequest"]["headers"]  # type: ignore[no-any-return]


def of(claims: Any) -> dict[str, Any]:
    return {"Authorization": f"Bearer {token(claims)}"}


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_claim_becomes_the_header_of_the_caller(name: str, scheme: str) -> None:
    given = {name: f"{scheme} {token({'sub': 'user-maria'})}"}
    output = ask(given)["transformedGatewayRequest"]
    assert output == {"headers": {**given, CALLER_HEADER: "user-maria"}, "body": BODY}


@pytest.mark.parametrize("name", [CALLER_HEADER, CALLER_HEADER.upper(), "X-Centli-User-Id"])
def test_what_the_client_says_of_the_caller_is_dropped(name: str) -> None:
    after = headers_after(of({"sub": "user-maria"}) | {name: "user-juan"})
    assert {k: v for k, v in after.items() if k.lower() == CALLER_HEADER} == {
        CALLER_HEADER: "user-maria"
    }


def test_request_id_and_proof_pass() -> None:
    passed = {"x-centli-request-id": "order-1", "X-Centli-Confirmation": "1.a.b.c.d.e"}
    assert headers_after(of({"sub": "user-maria"}) | passed).items() >= passed.items()


def test_the_claim_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CALLER_CLAIM", "custom:customer")
    claims = {"sub": "1f7c", "custom:customer": "user-maria"}
    assert headers_after(of(claims))[CALLER_HEADER] == "user-maria"
    assert "transformedGatewayResponse" in ask(of({"sub": "user-maria"}))


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {CALLER_HEADER: "user-maria"},
        {"Authorization": ""},
        {"Authorization": None},
        {"Authorization": ["Bearer a.b.c"]},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a.b"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer a.é.c"},
        {"Authorization": f"Bearer a.{base64.urlsafe_b64encode(b'[' * 9999).decode()}.c"},
        {"Authorization": f"Basic {token({'sub': 'user-maria'})}"},
        {"Authorization": token({"sub": "user-maria"})},
        {**of({"sub": "user-maria"}), "authorization": f"Bearer {token({'sub': 'user-juan'})}"},
        of({}),
        of(["sub"]),
        of("sub"),
        of(None),
        of({"sub": None}),
        of({"sub": 5}),
        of({"sub": True}),
        of({"sub": ["user-maria"]}),
        of({"sub": ""}),
        of({"sub": "user maria"}),
        of({"sub": "user-maría"}),
        of({"sub": "a\nx-centli-user-id: user-juan"}),
        of({"sub": "x" * 129}),
        of({"Sub": "user-maria"}),
    ],
    ids=lambda headers: str(headers)[:60],
)
def test_a_request_that_names_no_caller_is_answered_401_and_goes_no_further(headers: Any) -> None:
    answer = ask(headers)["transformedGatewayResponse"]
    assert answer["statusCode"] == 401
    assert answer["body"]["id"] == 7
    assert "user-" not in json.dumps(answer)


@pytest.mark.parametrize("body", [None, [], "x", 5, {}, {"id": "a"}])
def test_any_body_passes_as_it_is_and_any_is_refused(body: Any) -> None:
    request = ask(of({"sub": "user-maria"}), body)["transformedGatewayRequest"]
    assert request["body"] == body
    assert ask({}, body)["transformedGatewayResponse"]["statusCode"] == 401


def test_what_it_sets_is_what_the_door_believes(bank: World) -> None:
    forged = {"X-CENTLI-USER-ID": "user-juan", "x-centli-user": "user-juan"}
    headers = headers_after(of({"sub": "user-maria"}) | forged)
    answer = invoke(bank, "core_banking", {}, {"custom": told("a___getBalance", headers)})
    assert {a["account_id"] for a in answer["accounts"]} >= {"acc-maria"}


def test_it_loads_nothing_but_the_standard_library() -> None:
    """Every request of the gateway waits for it, so it starts as fast as Python does."""
    code = (
        "import sys, shared.gateway_interceptor; "
        "print(sorted({'boto3', 'botocore', 'pydantic', 'simplejson'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
