"""How a bank's application has done what its customer says yes to."""

import base64
from collections.abc import Callable
from typing import Any

import boto3

Answer = dict[str, Any]


def confirmed(
    call: Callable[[str], Answer], agrees: Callable[[Any], bool], key_arn: str, kms: Any = None
) -> Answer:
    """Send a request by `call(confirmation)`, once `agrees(what is shown)`; return its answer."""
    kms = kms or boto3.client("kms")
    answer = call("terms")  # the word that asks for the terms: nothing is done
    while "confirmation" in answer and agrees(answer["confirmation"]):
        challenge = answer["confirmation"]["challenge"]
        made = kms.generate_mac(
            KeyId=key_arn, Message=challenge.encode(), MacAlgorithm="HMAC_SHA_256"
        )
        mac = base64.urlsafe_b64encode(made["Mac"]).rstrip(b"=").decode()
        answer = call(f"{challenge}.{mac}")
    return answer
