"""Errors of a model: the sentence that the person gets."""

from collections.abc import Mapping
from typing import Final

from botocore.exceptions import NoCredentialsError, PartialCredentialsError, TokenRetrievalError
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelServerError,
    ModelUnavailableError,
)

from console.agent.language import Language
from console.agent.model.providers import Provider
from console.agent.model.streaming import AnswerWithoutEnd, Silence

_MAX_REASON_CHARACTERS: Final = 200


class EmptyAnswer(Exception):
    """The model neither said nor called anything."""


class CutAnswer(Exception):
    """What the model said ends at a limit of tokens: an amount may lack its end."""


_KINDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (ModelConnectionError, "UNREACHABLE"),
    (ModelAuthenticationError, "CREDENTIALS"),
    (ModelNotFoundError, "NO_MODEL"),
    (ModelRateLimitError, "BUSY"),
    (ModelQuotaExceededError, "BUSY"),
    (ModelUnavailableError, "BUSY"),
    (ModelContextWindowExceededError, "TOO_LONG"),
    (ModelRequestRejectedError, "REJECTED"),
    (ModelServerError, "BROKEN"),
    (ModelHTTPError, "BROKEN"),
    (NoCredentialsError, "NO_CREDENTIALS"),
    (PartialCredentialsError, "NO_CREDENTIALS"),
    (TokenRetrievalError, "NO_CREDENTIALS"),
    (EmptyAnswer, "EMPTY"),
    (CutAnswer, "CUT"),
    (AnswerWithoutEnd, "ENDLESS"),
)
"""The first that an error is an instance of; any other is nonsense that could not be read."""

_SENTENCES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "SLOW": "El modelo {model} en {place} no empezó a contestar en {seconds:g} segundos y dejé "
        "de esperar. Vuelve a decírmelo, espera más con --model-timeout, o usa otro más rápido.",
        "STUCK": "El modelo {model} en {place} calló {seconds:g} segundos a media respuesta y dejé "
        "de esperar. Vuelve a decírmelo, espera más con --model-token-timeout, o usa otro modelo.",
        "UNREACHABLE": "No hay conexión con el modelo en {place}, o se cortó. Revisa que el "
        "servidor esté encendido y que esa sea su dirección, y vuelve a decírmelo.",
        "CREDENTIALS": "{place} no aceptó las credenciales{status}. Revisa la clave, o el permiso "
        "para usar el modelo {model}.",
        "NO_MODEL": "{place} no tiene el modelo {model}{status}. Revisa su nombre o instálalo.",
        "BUSY": "{place} está saturado o llegaste a su límite{status}. Espera un momento y vuelve "
        "a decírmelo.",
        "TOO_LONG": "La conversación ya es demasiado larga para el modelo {model}. Empieza otra.",
        "REJECTED": "{place} rechazó la petición{status}{reason}. Puede que el modelo {model} no "
        "sepa llamar operaciones (tools): usa uno que sí.",
        "BROKEN": "{place} falló{status}. Vuelve a decírmelo en un momento.",
        "NO_CREDENTIALS": "No hay credenciales de AWS para usar {place}. Inicia sesión o pon las "
        "variables de entorno, y vuelve a decírmelo.",
        "EMPTY": "El modelo {model} en {place} no contestó nada. Dímelo de otra manera.",
        "CUT": "El modelo {model} en {place} llegó a su límite de tokens a media respuesta, y no "
        "la muestro: le falta el final. Pide menos de una vez, o sube ese límite.",
        "ENDLESS": "El modelo {model} no dejaba de escribir y lo corté. Dímelo de otra manera, o "
        "usa otro modelo.",
        "NONSENSE": "No entendí lo que contestó {place}: no parece la respuesta de un modelo. "
        "Revisa que esa dirección sea la de un servidor de modelos.",
    },
    "en": {
        "SLOW": "The model {model} at {place} did not begin to answer in {seconds:g} seconds and I "
        "stopped waiting. Say it again, wait longer with --model-timeout, or use a faster one.",
        "STUCK": "The model {model} at {place} said nothing for {seconds:g} seconds in the middle "
        "of its answer and I stopped waiting. Say it again, wait longer with "
        "--model-token-timeout, or use another model.",
        "UNREACHABLE": "There is no connection to the model at {place}, or it broke. Check that "
        "the server runs and that this is its address, and say it again.",
        "CREDENTIALS": "{place} did not accept the credentials{status}. Check the key, or the "
        "permission to use the model {model}.",
        "NO_MODEL": "{place} has no model {model}{status}. Check its name, or install it there.",
        "BUSY": "{place} is too busy, or you reached its limit{status}. Wait a moment and say it "
        "again.",
        "TOO_LONG": "The conversation is too long for the model {model}. Please start another.",
        "REJECTED": "{place} rejected the request{status}{reason}. Perhaps the model {model} "
        "cannot call operations (tools): use one that can.",
        "BROKEN": "{place} failed{status}. Please say it again in a moment.",
        "NO_CREDENTIALS": "There are no AWS credentials to use {place}. Sign in or set the "
        "environment variables, and say it again.",
        "EMPTY": "The model {model} at {place} answered nothing. Please say it in another way.",
        "CUT": "The model {model} at {place} reached its limit of tokens in the middle of its "
        "answer, and I do not show it: the end is missing. Ask for less at once, or raise it.",
        "ENDLESS": "The model {model} wrote without end and I cut it off. Please say it in another "
        "way, or use another model.",
        "NONSENSE": "I could not read what {place} answered: it does not look like a model's "
        "answer. Check that this is the address of a model server.",
    },
}


def sentence(error: BaseException, provider: Provider, language: Language) -> str:
    """Return what is wrong and what to do, with neither secrets nor a stack trace."""
    kind = next((kind for of_type, kind in _KINDS if isinstance(error, of_type)), "NONSENSE")
    if isinstance(error, Silence):
        kind = "STUCK" if error.has_begun else "SLOW"
    status = f" (HTTP {error.status_code})" if isinstance(error, ModelHTTPError) else ""
    reason = _reason(error, provider.secrets)
    return _SENTENCES[language][kind].format(
        model=provider.model_name,
        place=provider.place,
        seconds=error.seconds if isinstance(error, Silence) else 0,
        status=status,
        reason=f": «{reason}»" if reason else "",
    )


def _reason(error: BaseException, secrets: tuple[str, ...]) -> str:
    """Return what a server says of its refusal, short and without secrets."""
    body = error.body if isinstance(error, ModelAPIError) else None
    if isinstance(body, Mapping):
        body = body.get("Error", body)
    message = body.get("message", body.get("Message")) if isinstance(body, Mapping) else None
    if not isinstance(message, str):
        return ""
    for secret in secrets:
        message = message.replace(secret, "***")
    shown = "".join(character for character in message if character.isprintable())
    return shown[:_MAX_REASON_CHARACTERS]
