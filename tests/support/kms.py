"""KMS in memory: makes and checks MACs as AWS does, and fails as AWS does when a test wishes it."""

import hashlib
import hmac
from functools import cache
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import get_session
from botocore.validate import validate_parameters

MAX_MESSAGE_BYTES = 4096


@cache
def _model() -> Any:
    return get_session().get_service_model("kms")


class InMemoryKms:
    """A client of KMS. Every key has a secret of its own, the same in every run.

    `denied` holds operations, such as `GenerateMac`, that the role may not do; while
    `is_out_of_reach`, every call runs into its timeout. `calls` are the operations so far.
    """

    def __init__(self, *denied: str) -> None:
        self.denied = set(denied)
        self.is_out_of_reach = False
        self.calls: list[str] = []

    def generate_mac(self, **request: Any) -> dict[str, Any]:
        """Return the MAC of a message."""
        self._check("GenerateMac", request)
        return self._answer(request, Mac=self._mac_of(request))

    def verify_mac(self, **request: Any) -> dict[str, Any]:
        """Return that a MAC is right; raises ClientError when it is not."""
        self._check("VerifyMac", request)
        if not hmac.compare_digest(self._mac_of(request), bytes(request["Mac"])):
            raise _refusal("VerifyMac", "KMSInvalidMacException", "")
        return self._answer(request, MacValid=True)

    def _check(self, operation: str, request: dict[str, Any]) -> None:
        validate_parameters(request, _model().operation_model(operation).input_shape)
        self.calls.append(operation)
        if self.is_out_of_reach:
            raise ReadTimeoutError(endpoint_url="https://kms.us-east-1.amazonaws.com/")
        if operation in self.denied:
            message = f"User is not authorized to perform: kms:{operation}"
            raise _refusal(operation, "AccessDeniedException", message)
        if not 0 < len(request["Message"]) <= MAX_MESSAGE_BYTES or request.get("Mac") == b"":
            raise _refusal(operation, "ValidationException", "A length is not allowed.")
        if request["MacAlgorithm"] != "HMAC_SHA_256":
            message = "The key does not have this algorithm."
            raise _refusal(operation, "InvalidKeyUsageException", message)

    def _mac_of(self, request: dict[str, Any]) -> bytes:
        secret = hashlib.sha256(f"secret of {request['KeyId']}".encode()).digest()
        return hmac.digest(secret, bytes(request["Message"]), "sha256")

    def _answer(self, request: dict[str, Any], **result: Any) -> dict[str, Any]:
        return {"KeyId": request["KeyId"], "MacAlgorithm": request["MacAlgorithm"], **result}


def _refusal(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
