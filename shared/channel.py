"""The bank's functions as its own channel uses them: asked for a customer, and the signed yes.

No function that answers agents has this file. Whoever uses it may invoke the functions of the
groups, and make proofs with the stack's key.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from shared import json_text
from shared.confirmation import MAC_ALGORITHM, proof_of
from shared.front_doors.bedrock import MCP_SERVER
from shared.operations import Operation

LIVE: Final = "live"
"""The alias of every function that callers call."""


def function_of(name_prefix: str, group: str) -> str:
    """Return the name by which the function of an action group is called, its alias included."""
    return f"{name_prefix}-{group.replace('_', '-')}:{LIVE}"


@dataclass(frozen=True, slots=True)
class Functions:
    """Calls the functions of a stack as one customer, by the event of agents, and signs their yes.

    `client` returns the client of an AWS service, `function_of` the name of a group's function, and
    `key_arn` is the output ConfirmationKeyArn of the stack.
    """

    client: Callable[[str], Any]
    function_of: Callable[[str], str]
    key_arn: str
    user_id: str

    def __call__(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        *,
        proof: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of an answer; amounts are Decimal.

        Raises what botocore raises, and LookupError, TypeError or ValueError for what is no answer.
        """
        invoked = self.client("lambda").invoke(
            FunctionName=self.function_of(operation.group),
            Payload=json.dumps(self._event(operation, arguments, proof)).encode(),
        )
        response = json_text.loads(invoked["Payload"].read())["response"]
        body = json_text.loads(response["responseBody"]["application/json"]["body"])
        return response["httpStatusCode"], body

    def sign(self, challenge: str) -> str:
        """Return the proof that the customer said yes to a challenge. Raises what botocore does."""
        answer = self.client("kms").generate_mac(
            KeyId=self.key_arn, Message=challenge.encode(), MacAlgorithm=MAC_ALGORITHM
        )
        return proof_of(challenge, answer["Mac"])

    def _event(
        self, operation: Operation, arguments: Mapping[str, Any], proof: str | None
    ) -> dict[str, Any]:
        return {
            "messageVersion": "1.0",
            "agent": {"name": "centli-mcp", "id": MCP_SERVER, "alias": "", "version": ""},
            "inputText": "",
            "sessionId": str(uuid4()),
            "actionGroup": operation.group,
            "apiPath": operation.path,
            "httpMethod": operation.method,
            "parameters": [
                {"name": name, "type": "string", "value": _text(value)}
                for name, value in arguments.items()
            ],
            "sessionAttributes": {"user_id": self.user_id}
            | ({} if proof is None else {"confirmation": proof}),
            "promptSessionAttributes": {},
        }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text.dumps(value)
