"""Errors of a deployed agent: what the person is told, and whether a change may be done."""

from collections.abc import Mapping
from typing import Final

from botocore.eventstream import ParserError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    EventStreamError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as BotocoreConnectionError,
)
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3Timeout

from console.agent.language import Language

FAILURES: Final = (BotoCoreError, ClientError, HTTPError, ParserError)
"""What botocore raises when a request or the stream of its answer fails."""

_MAX_REASON_CHARACTERS: Final = 200

_CODES: Final[Mapping[str, str]] = {
    "throttlingexception": "BUSY",
    "servicequotaexceededexception": "BUSY",
    "accessdeniedexception": "CREDENTIALS",
    "unrecognizedclientexception": "CREDENTIALS",
    "expiredtokenexception": "CREDENTIALS",
    "invalidsignatureexception": "CREDENTIALS",
    "validationexception": "REJECTED",
    "conflictexception": "CONFLICT",
    "resourcenotfoundexception": "NO_AGENT",
    "dependencyfailedexception": "DEPENDENCY",
    "badgatewayexception": "DEPENDENCY",
}

_SENTENCES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "BUSY": "Amazon Bedrock está saturado o llegaste a su límite. Espera un momento y vuelve a "
        "decírmelo.",
        "CREDENTIALS": "AWS no aceptó las credenciales, o no tienen permiso para hablar con el "
        "agente (bedrock:InvokeAgent).",
        "REJECTED": "Amazon Bedrock rechazó la petición{reason}.",
        "CONFLICT": "El agente está ocupado o se está actualizando. Espera un momento y vuelve a "
        "decírmelo.",
        "NO_AGENT": "No existe el agente {agent} en esta cuenta y región. Revisa su id y su alias.",
        "DEPENDENCY": "Falló algo que el agente necesita: su función Lambda o su modelo.",
        "UNREACHABLE": "No hay conexión con Amazon Bedrock, o se cortó. Revisa la red y la región.",
        "SLOW": "Amazon Bedrock tardó demasiado y dejé de esperar.",
        "NO_CREDENTIALS": "No hay credenciales de AWS. Inicia sesión o pon las variables de "
        "entorno.",
        "BROKEN": "Amazon Bedrock falló ({code}).",
    },
    "en": {
        "BUSY": "Amazon Bedrock is too busy, or you reached its limit. Wait a moment and say it "
        "again.",
        "CREDENTIALS": "AWS did not accept the credentials, or they may not talk to the agent "
        "(bedrock:InvokeAgent).",
        "REJECTED": "Amazon Bedrock rejected the request{reason}.",
        "CONFLICT": "The agent is busy or being updated. Wait a moment and say it again.",
        "NO_AGENT": "There is no agent {agent} in this account and region. Check its id and alias.",
        "DEPENDENCY": "Something that the agent needs failed: its Lambda function or its model.",
        "UNREACHABLE": "There is no connection to Amazon Bedrock, or it broke. Check the network "
        "and the region.",
        "SLOW": "Amazon Bedrock took too long and I stopped waiting.",
        "NO_CREDENTIALS": "There are no AWS credentials. Sign in or set the environment variables.",
        "BROKEN": "Amazon Bedrock failed ({code}).",
    },
}


class AgentFailed(Exception):
    """A request to the agent failed: `code` says how, the text says it to a person."""

    def __init__(self, error: Exception, agent: str, language: Language) -> None:
        self.code = _code(error)
        reason = _reason(error)
        super().__init__(
            _SENTENCES[language][self.code].format(
                agent=agent,
                code=_aws_code(error) or type(error).__name__,
                reason=f": «{reason}»" if reason else "",
            )
        )
        self.may_have_acted = not _is_before_acting(error, self.code)
        """Whether the agent may have carried something out before it failed."""
        self.is_refused = self.code == "REJECTED" and not isinstance(error, EventStreamError)
        """Whether Bedrock takes this request for wrong, so that sending it again is useless."""


def _code(error: Exception) -> str:
    if isinstance(error, ClientError):
        return _CODES.get(_aws_code(error).lower(), "BROKEN")
    if isinstance(error, NoCredentialsError | PartialCredentialsError | TokenRetrievalError):
        return "NO_CREDENTIALS"
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError | Urllib3Timeout):
        return "SLOW"
    is_connection = isinstance(error, BotocoreConnectionError | HTTPClientError | HTTPError)
    return "UNREACHABLE" if is_connection else "BROKEN"


def _aws_code(error: Exception) -> str:
    response = error.response if isinstance(error, ClientError) else {}
    return str(response.get("Error", {}).get("Code", ""))


def _is_before_acting(error: Exception, code: str) -> bool:
    """Tell whether the request was turned away, or never arrived."""
    if isinstance(error, EventStreamError):
        return False
    return code in {
        *("BUSY", "CREDENTIALS", "REJECTED", "CONFLICT", "NO_AGENT", "NO_CREDENTIALS")
    } or isinstance(error, EndpointConnectionError | ConnectTimeoutError)


def _reason(error: Exception) -> str:
    response = error.response if isinstance(error, ClientError) else {}
    message = str(response.get("Error", {}).get("Message", ""))
    return "".join(c for c in message if c.isprintable())[:_MAX_REASON_CHARACTERS]
