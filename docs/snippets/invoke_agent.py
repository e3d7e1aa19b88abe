"""How a bank's application talks with the Bedrock agent for one of its customers."""

import base64
import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def answer_of(
    agents: Any, agent: dict[str, str], user_id: str, text: str, proof_of: Callable[[Json], str]
) -> str:
    """Say something; where a call needs the yes, `proof_of(call)` is its proof, or "" for a no.

    `agents` is a client of `bedrock-agent-runtime` that tries once; `agent` has the agentId, the
    agentAliasId, and a sessionId that is this customer's alone.
    """
    turn: Json = {"inputText": text}
    results: Json = {}
    proofs: list[str] = []
    while True:
        attributes = {"user_id": user_id, "confirmation": " ".join(filter(None, proofs))}
        state = {"sessionAttributes": attributes, **results}
        words, control = b"", None
        for event in agents.invoke_agent(**agent, **turn, sessionState=state)["completion"]:
            words += event.get("chunk", {}).get("bytes", b"")
            control = event.get("returnControl", control)
        if control is None:
            return words.decode()
        calls = [member["apiInvocationInput"] for member in control["invocationInputs"]]
        proofs = [proof_of(call) for call in calls]
        results = {
            "invocationId": control["invocationId"],
            "returnControlInvocationResults": [
                {
                    "apiResult": {
                        **{name: call[name] for name in ("actionGroup", "apiPath", "httpMethod")},
                        "confirmationState": "CONFIRM" if proof else "DENY",
                    }
                }
                for call, proof in zip(calls, proofs, strict=True)
            ],
        }
        turn = {}


def asked(
    call: Json,
    agent: dict[str, str],
    user_id: str,
    invoke: Callable[[Json], Json],
    agrees: Callable[[Json], bool],
    *,
    kms: Any,
    key_arn: str,
) -> str:
    """Ask the group's function for the terms of a call; return the proof of the yes, or "".

    `invoke` sends an event to the function of the call's `actionGroup` and returns its answer.
    """
    given: Json = {name: call[name] for name in ("parameters", "requestBody") if name in call}
    answer = invoke(
        {
            "messageVersion": "1.0",
            "sessionId": agent["sessionId"],
            **{name: call[name] for name in ("actionGroup", "apiPath", "httpMethod")},
            **given,
            "sessionAttributes": {"user_id": user_id, "confirmation": "terms"},
        }
    )
    body = json.loads(answer["response"]["responseBody"]["application/json"]["body"])
    if "confirmation" not in body or not agrees(body["confirmation"]):
        return ""
    challenge: str = body["confirmation"]["challenge"]
    made = kms.generate_mac(KeyId=key_arn, Message=challenge.encode(), MacAlgorithm="HMAC_SHA_256")
    return f"{challenge}.{base64.urlsafe_b64encode(made['Mac']).rstrip(b'=').decode()}"
