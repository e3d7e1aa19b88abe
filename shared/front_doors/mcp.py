"""The MCP server: the operations as tools, and the bank's own question before anything moves.

It is no door of the functions that answer agents, which never import it: it is a channel of the
bank before them. It gets the terms of a change from the function itself, has the client's person
say yes to them, and signs that yes. A model that calls a tool can neither say the yes nor skip it.

One server speaks both generations of the protocol. From 2026-07-28 on the question is the result of
the call, and the sealed state that the client brings back with the answer is the challenge, which
names the request: the same state twice is one change. Before, the question is a call to the client.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Protocol

import anyio.to_thread
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from shared import VERSION, json_text
from shared.confirmation import TERMS_WANTED
from shared.decoding import decode
from shared.errors import CentliError, Unavailable
from shared.operations import Operation
from shared.tools import tool_of

logger = logging.getLogger(__name__)

NAME: Final = "centli"
_INSTRUCTIONS: Final = (
    "The accounts, purchases and beneficiaries of one customer of a bank in Mexico. Amounts are "
    "pesos. Never guess an amount, an account or a person: ask. The bank itself asks the customer "
    "before anything moves."
)
_QUESTION: Final = "confirmation"
_YES: Final = "confirm"
_MAX_LINE_LENGTH: Final = 300
_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        _YES: {
            "type": "boolean",
            "title": "Sí, lo confirmo",
            "description": "Yes, the bank shall do exactly this.",
            "default": False,
        }
    },
    "required": [_YES],
}
"""What the client's form asks for. A form that is sent without the tick is no yes."""


_Context = ServerRequestContext[Any, Any]
_Answer = tuple[int, dict[str, Any]]
_Result = types.CallToolResult | types.InputRequiredResult
_CHANGED: Final = 409


class Bank(Protocol):
    """Calls an operation of the bank as its customer."""

    def __call__(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        *,
        proof: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Return the HTTP status and the body of the answer; amounts may be Decimal."""


class CustomerDeclined(CentliError):
    """The person did not say yes, and nothing was changed."""

    code = "CUSTOMER_DECLINED"
    status = 409


class CannotAsk(CentliError):
    """The client has no way to ask its person, so nothing was changed."""

    code = "CONFIRMATION_REQUIRED"
    status = 428


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom the server acts for, through which bank, and what signs what they said yes to.

    `sign` returns the proof of a challenge. A client that `asks_itself` has asked its person before
    it calls: then the bank does not.
    """

    user_id: str
    bank: Bank
    sign: Callable[[str], str]
    asks_itself: bool = False


def server_for(
    operations: Iterable[Operation], customer: Customer, security: RequestStateSecurity
) -> Server[Any]:
    """Return the server of a customer; `security` seals the state that clients bring back."""
    channel = _Channel({o.operation_id: o for o in operations}, customer)
    server: Server[Any] = Server(
        NAME,
        version=VERSION,
        instructions=_INSTRUCTIONS,
        on_list_tools=channel.list_tools,
        on_call_tool=channel.call_tool,
    )
    server.middleware.append(RequestStateBoundary(security, default_audience=customer.user_id))
    return server


def described(operation: Operation) -> types.Tool:
    """Return an operation as MCP tells it to models."""
    tool = tool_of(operation)
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations.model_validate(tool.hints),
    )


class _Channel:
    """Answers calls of tools, and holds a change until the person has said yes."""

    def __init__(self, tools: Mapping[str, Operation], customer: Customer) -> None:
        self._tools = tools
        self._customer = customer

    async def list_tools(self, ctx: _Context, params: Any) -> types.ListToolsResult:  # noqa: ARG002
        return types.ListToolsResult(tools=[described(tool) for tool in self._tools.values()])

    async def call_tool(self, ctx: _Context, params: types.CallToolRequestParams) -> _Result:
        operation = self._tools.get(params.name)
        if operation is None:
            known = ", ".join(self._tools)
            raise MCPError(types.INVALID_PARAMS, f"There is no such tool. There are: {known}.")
        arguments = json_text.without_nulls(params.arguments or {})
        try:
            decode(operation.request_model, arguments)  # types count here, and are lost in a text
            if operation.terms_model is None:
                return _told(*await self._call(operation, arguments))
            return await self._change(ctx, operation, arguments, params)
        except CentliError as error:
            return _told(error.status, {"error": error.body})
        except Exception as error:  # noqa: BLE001 whatever failed between here and the bank
            logger.warning("no answer of the bank: %s", type(error).__name__)
            return _told(Unavailable.status, {"error": Unavailable(_NOT_KNOWN).body})

    async def _change(
        self,
        ctx: _Context,
        operation: Operation,
        arguments: dict[str, Any],
        params: types.CallToolRequestParams,
    ) -> _Result:
        """Have the person shown the terms of a change, and make it once they have said yes."""
        if params.request_state is not None:
            _check_yes((params.input_responses or {}).get(_QUESTION))
            status, body = await self._confirmed(operation, arguments, params.request_state)
        elif self._customer.asks_itself or _can_ask(ctx):
            status, body = await self._call(operation, arguments, proof=TERMS_WANTED)
        else:
            raise CannotAsk(_CANNOT_ASK)
        while "confirmation" in body and not (self._customer.asks_itself and status == _CHANGED):
            challenge = body["confirmation"]["challenge"]
            if not self._customer.asks_itself:
                question = _question(operation, body["confirmation"])
                if ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
                    requests = {_QUESTION: types.ElicitRequest(params=question)}
                    return types.InputRequiredResult(
                        input_requests=requests, request_state=challenge
                    )
                _check_yes(await ctx.session.elicit_form(question.message, _ANSWER, ctx.request_id))
            status, body = await self._confirmed(operation, arguments, challenge)
        return _told(status, body)

    async def _confirmed(
        self, operation: Operation, arguments: Mapping[str, Any], challenge: str
    ) -> _Answer:
        proof = await anyio.to_thread.run_sync(self._customer.sign, challenge)
        return await self._call(operation, arguments, proof=proof)

    async def _call(
        self, operation: Operation, arguments: Mapping[str, Any], **how: str
    ) -> _Answer:
        call = partial(self._customer.bank, operation, arguments, **how)
        return await anyio.to_thread.run_sync(call)


def _can_ask(ctx: _Context) -> bool:
    """Tell whether the client can show its person a form, and this server reach it with one."""
    able = ctx.session.client_capabilities
    if able is None or able.elicitation is None:
        return False
    shows_forms = able.elicitation.form is not None or able.elicitation.url is None
    is_asked_by_result = ctx.protocol_version in MODERN_PROTOCOL_VERSIONS
    return shows_forms and (is_asked_by_result or ctx.session.can_send_request)


def _check_yes(answer: Any) -> None:
    """Raise CustomerDeclined unless the person sent the form with its tick."""
    is_sent = isinstance(answer, types.ElicitResult) and answer.action == "accept"
    if not (is_sent and (answer.content or {}).get(_YES) is True):
        raise CustomerDeclined("The customer did not say yes, and nothing was changed.")


def _question(
    operation: Operation, confirmation: Mapping[str, Any]
) -> types.ElicitRequestFormParams:
    """Return what the person is asked: the terms by the words of their model, and the warnings."""
    assert operation.terms_model is not None
    fields, terms = operation.terms_model.model_fields, confirmation["terms"]
    lines = [
        "Tu banco pregunta / Your bank asks:",
        operation.description.splitlines()[0],
        *(
            f"- {(fields[name].description or name).rstrip('.')}: {_line(value)}"
            for name, value in terms.items()
        ),
        *(f"! {_line(warning['message'])}" for warning in confirmation["warnings"]),
    ]
    return types.ElicitRequestFormParams(message="\n".join(lines), requested_schema=_ANSWER)


def _line(value: Any) -> str:
    """Return a value as part of one line, so that none can pass for a line of its own."""
    text = " ".join(str(value).split())[:_MAX_LINE_LENGTH]
    return "".join(character if character.isprintable() else "?" for character in text)


def _told(status: int, body: Mapping[str, Any]) -> types.CallToolResult:
    """Return the answer of an operation as the result of its tool."""
    is_error = status >= HTTPStatus.BAD_REQUEST
    told = {**body, "error": {**body["error"], "status": status}} if is_error else body
    content = types.TextContent(text=json_text.dumps(told))
    return types.CallToolResult(
        content=[content],
        structured_content=json_text.without_decimals(told),
        is_error=is_error,
    )


_NOT_KNOWN = (
    "The bank gave no answer, so it is not known whether this was done. Look at the movements or "
    "the purchases of the customer before it is asked for again."
)
_CANNOT_ASK = (
    "This needs the customer's yes, and this client cannot ask for it: it does not offer the "
    "elicitation of forms. Nothing was changed. Use a client that does, or the bank's own "
    "application."
)
