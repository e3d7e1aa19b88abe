"""The person's yes: the terms that are shown, the challenge that is signed, and the check of both.

An operation that needs confirmation is decided twice. Without a proof it is decided to be shown:
the answer holds the terms, the warnings and a challenge, and nothing is written. The channel shows
the terms, gets the yes, and has KMS sign the challenge: challenge and MAC together are the proof.
With it the operation is decided again, and committed when what was shown is still what is decided.

    challenge   1.<request id>.<expiry, epoch seconds>.<asked>.<shown>
    proof       <challenge>.<MAC of its bytes, base64url without padding>

`asked` is a digest of user, operation and arguments; `shown` is a digest of the terms, followed by
the codes of the warnings. docs/confirmation.md tells the protocol door by door.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from shared import json_text
from shared.clock import from_epoch, to_iso
from shared.errors import CentliError, Unavailable
from shared.meanwhile import Begin
from shared.models import Answer
from shared.observability import logger

VALID_FOR: Final = timedelta(minutes=10)
"""How long the terms that were shown may be confirmed."""

MAC_ALGORITHM: Final = "HMAC_SHA_256"
_VERSION: Final = "1"
_CONFIRMATION_ID_BYTES: Final = 16
_PROOF: Final = re.compile(
    r"1\.(?P<request_id>[!-~]{1,128})\.(?P<expires_at>[0-9]{1,10})"
    r"\.(?P<asked>[\w-]{43})\.(?P<shown>[\w-]{43}(?:~[A-Z_]{1,40}){0,10})\.(?P<mac>[\w-]{43})",
    re.ASCII,
)
TERMS_WANTED: Final = "terms"
"""Given in the place of proofs: whoever sends it is told the terms, and nothing is done, wherever
it is and whether or not a proof is needed there."""

MAX_PROOFS_LENGTH: Final = 4096
"""Of the text that holds the proofs of a call, separated by blanks."""


_NOT_OF_THIS_REQUEST: Final = (
    "This confirmation is not one of this request, and nothing was changed. Send the request "
    "without it to get its terms, show them to the customer, and confirm those."
)


class Terms(Answer):
    """What a person has to know before the yes: facts that the bank itself knows."""


class Warned(NamedTuple):
    """Something that the person must be told besides the terms."""

    code: str
    message: str


class Shown(NamedTuple):
    """What a person is shown before a change."""

    terms: Terms
    warnings: Sequence[Warned] = ()

    @property
    def codes(self) -> set[str]:
        """The codes of the warnings."""
        return {warned.code for warned in self.warnings}


class ConfirmationInvalid(CentliError):
    """The proof is not one of this call; nothing was decided."""

    code = "CONFIRMATION_INVALID"
    status = 403


class ConfirmationExpired(CentliError):
    """The yes came too late."""

    code = "CONFIRMATION_EXPIRED"
    status = 403


class ConfirmationNeeded(CentliError):
    """The person has not said yes to the terms in `confirmation`; nothing was written."""

    code = "CONFIRMATION_REQUIRED"
    status = 428

    def __init__(self, message: str, confirmation: dict[str, Any]) -> None:
        super().__init__(message)
        self.confirmation = confirmation


class TermsChanged(ConfirmationNeeded):
    """What the person said yes to is no longer what would be done, which `confirmation` has."""

    code = "TERMS_CHANGED"
    status = 409


class Asked(NamedTuple):
    """A call whose terms are to be shown, or were: what the digests are made of."""

    user_id: str
    operation_id: str
    fingerprint: str
    request_id: str

    @property
    def digest(self) -> str:
        """The digest of what is asked for."""
        return json_text.digest([self.user_id, self.operation_id, self.fingerprint])

    def confirmation(
        self, what: Shown, *, at: datetime, left_today: Decimal | None
    ) -> dict[str, Any]:
        """Return what the channel shows and has signed."""
        expires_at = int((at + VALID_FOR).timestamp())
        terms = what.terms.payload()
        shown = "~".join([digest_of(terms), *sorted(what.codes)])
        fields = (_VERSION, self.request_id, str(expires_at), self.digest, shown)
        confirmation: dict[str, Any] = {
            "operation": self.operation_id,
            "request_id": self.request_id,
            "terms": terms,
            "warnings": [warned._asdict() for warned in what.warnings],
            "expires_at": to_iso(from_epoch(expires_at)),
            "challenge": ".".join(fields),
        }
        return confirmation if left_today is None else confirmation | {"left_today": left_today}


class Proof(NamedTuple):
    """A challenge and its MAC, as the channel sent them; believed once it is verified."""

    request_id: str
    expires_at: datetime
    asked: str
    shown: str
    challenge: str
    mac: bytes

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a proof; None for what is none."""
        found = _PROOF.fullmatch(text)
        if found is None:
            return None
        return cls(
            request_id=found["request_id"],
            expires_at=from_epoch(int(found["expires_at"])),
            asked=found["asked"],
            shown=found["shown"],
            challenge=text.rpartition(".")[0],
            mac=base64.urlsafe_b64decode(found["mac"] + "="),
        )

    @property
    def confirmation_id(self) -> str:
        """What names the yes on records and events."""
        digest = hashlib.sha256(self.challenge.encode()).digest()
        return _base64url(digest[:_CONFIRMATION_ID_BYTES])

    @property
    def terms_digest(self) -> str:
        """The digest of the terms that were shown."""
        return self.shown.partition("~")[0]

    @property
    def warned(self) -> list[str]:
        """The codes of the warnings that were shown."""
        return self.shown.split("~")[1:]

    @property
    def shown_at(self) -> datetime:
        """When the terms were made."""
        return self.expires_at - VALID_FOR

    @property
    def trail(self) -> dict[str, str]:
        """What names the yes, and what it was said to, on records and events."""
        return {"confirmation_id": self.confirmation_id, "terms_digest": self.terms_digest}

    def has_shown(self, what: Shown) -> bool:
        """Tell whether these terms were shown, and every warning that there is now."""
        is_same = self.terms_digest == digest_of(what.terms.payload())
        return is_same and what.codes <= set(self.warned)


class MacCheck(Protocol):
    """Tells whether a MAC is that of a message. Raises Unavailable when it cannot be known."""

    def __call__(self, message: bytes, mac: bytes) -> bool:
        """Return whether the MAC is right."""


class KmsMacCheck:
    """Asks KMS, whose client is made when it is needed first."""

    def __init__(self, client: Callable[[], Any], key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def __call__(self, message: bytes, mac: bytes) -> bool:
        """Return whether the MAC is right; nothing is ever believed without the word of KMS."""
        try:
            answer = self._client().verify_mac(
                KeyId=self._key_arn, Message=message, Mac=mac, MacAlgorithm=MAC_ALGORITHM
            )
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
            if code == "KMSInvalidMacException":
                return False
            logger.error("proof not checked", extra={"error_type": code or type(error).__name__})
            raise Unavailable(
                "The bank could not check the confirmation now, and nothing was changed. Repeat "
                "exactly the same request in a few seconds."
            ) from None
        return answer["MacValid"] is True


def claimed(
    proofs: str, asked: Asked, request_id: str | None, is_mac: MacCheck, begin: Begin
) -> tuple[Proof, Callable[[], None]]:
    """Return the newest of the proofs, separated by blanks, that is of this call, and its check.

    The check is begun. Until it was waited for, by calling it, nothing may be told or done that
    rests on the proof. `request_id` is what the door says, None where it leaves that to the proof.
    Both raise ConfirmationInvalid: when none is of this call, and when its MAC is wrong.
    """
    texts = proofs.split() if len(proofs) <= MAX_PROOFS_LENGTH else []
    parsed = [proof for proof in map(Proof.parse, texts) if proof is not None]
    found = [
        proof
        for proof in sorted(parsed, key=lambda one: one.expires_at, reverse=True)
        if proof.asked == asked.digest and request_id in (None, proof.request_id)
    ]
    if not found:
        raise ConfirmationInvalid(_NOT_OF_THIS_REQUEST)
    # A session keeps its proofs: the same call may have been confirmed before, as another request.
    *newer, last = found
    for proof in newer:
        if is_mac(proof.challenge.encode(), proof.mac):
            return proof, lambda: None
    is_right = begin(lambda: is_mac(last.challenge.encode(), last.mac))

    def check() -> None:
        if is_right() is not True:
            raise ConfirmationInvalid(_NOT_OF_THIS_REQUEST)

    return last, check


def proof_of(challenge: str, mac: bytes) -> str:
    """Return the proof that a challenge and the MAC of its bytes make; `Proof.parse` reads it."""
    return f"{challenge}.{_base64url(mac)}"


def digest_of(terms: Mapping[str, Any]) -> str:
    """Return the digest of terms, the same when they are read back from where they are kept."""
    return json_text.digest(_canonical(terms))


def as_on_the_item(
    terms: Mapping[str, Any], item: Mapping[str, Any], names: Iterable[str]
) -> dict[str, Any]:
    """Return terms as an item keeps them: null stands for what it says itself under that name.

    `names` are those of terms that may be left to it.
    """
    return {**terms, **{n: None for n in names if n in terms and terms[n] == item.get(n)}}


def terms_on(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the terms that an item keeps, as they were shown; None where it keeps none."""
    terms = item.get("terms")
    if not isinstance(terms, Mapping):
        return None
    return {name: item.get(name) if kept is None else kept for name, kept in terms.items()}


def _canonical(value: Any) -> Any:
    """Return a value whose numbers are written in one way: DynamoDB keeps 100.50 as 100.5."""
    if isinstance(value, Mapping):
        return {name: _canonical(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_canonical(held) for held in value]
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(f"{Decimal(value).normalize():f}")
    return value


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
