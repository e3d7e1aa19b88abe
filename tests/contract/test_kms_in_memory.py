"""The KMS of all tests, held against the local AWS: what is true of one is true of the other."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError, ReadTimeoutError

from console.local_stack import LocalStack
from console.ports import free_port
from tests.support.kms import InMemoryKms

Kms = tuple[Any, str, str]
"""A client, and two keys."""

ALGORITHM = "HMAC_SHA_256"
MESSAGE = b"1.id.1764123000.asked.shown"


@pytest.fixture(scope="module")
def local_aws() -> Iterator[Kms]:
    with LocalStack(free_port()) as stack:
        client = stack.cloud().client("kms")
        keys = [
            client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC") for _ in range(2)
        ]
        first, second = (key["KeyMetadata"]["Arn"] for key in keys)
        yield client, first, second


@pytest.fixture
def in_memory() -> Kms:
    return InMemoryKms(), "key-1", "key-2"


@pytest.fixture(params=["in_memory", pytest.param("local_aws", marks=pytest.mark.local_aws)])
def kms(request: pytest.FixtureRequest) -> Kms:
    found: Kms = request.getfixturevalue(request.param)
    return found


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_a_mac_is_that_of_its_message_and_key_alone(kms: Kms) -> None:
    client, key, other = kms
    made = client.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=ALGORITHM)
    mac = made["Mac"]

    def verify(key_id: str = key, message: bytes = MESSAGE, mac: bytes = mac) -> Any:
        return client.verify_mac(KeyId=key_id, Message=message, Mac=mac, MacAlgorithm=ALGORITHM)

    assert (len(mac), made["KeyId"], made["MacAlgorithm"]) == (32, key, ALGORITHM)
    answer = verify()
    assert (answer["MacValid"], answer["KeyId"], answer["MacAlgorithm"]) == (True, key, ALGORITHM)
    cut, flipped = mac[:-1], bytes([mac[0] ^ 1]) + mac[1:]
    for wrong in ({"key_id": other}, {"message": MESSAGE + b"."}, {"mac": cut}, {"mac": flipped}):
        assert code_of(lambda w=wrong: verify(**w)) == "KMSInvalidMacException"  # type: ignore[misc]


def test_what_no_request_may_hold_is_refused(kms: Kms) -> None:
    client, key, _ = kms
    right = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": ALGORITHM}
    for wrong in ({"KeyId": ""}, {"Message": 1}, {"Text": "x"}):
        with pytest.raises(ParamValidationError):
            client.generate_mac(**{**right, **wrong})
    with pytest.raises(ParamValidationError):
        client.verify_mac(**right)
    for message in (b"", b"m" * 4097):
        wrong = {**right, "Message": message}
        assert code_of(lambda w=wrong: client.generate_mac(**w)) == "ValidationException"  # type: ignore[misc]
    assert code_of(lambda: client.verify_mac(Mac=b"", **right)) == "ValidationException"
    other = {**right, "MacAlgorithm": "HMAC_SHA_512"}
    assert code_of(lambda: client.generate_mac(**other)) == "InvalidKeyUsageException"


def test_a_role_is_denied_and_a_call_times_out_on_wish() -> None:
    kms = InMemoryKms("GenerateMac")
    right = {"KeyId": "key", "Message": MESSAGE, "MacAlgorithm": ALGORITHM}
    assert code_of(lambda: kms.generate_mac(**right)) == "AccessDeniedException"
    assert code_of(lambda: kms.verify_mac(Mac=b"m", **right)) == "KMSInvalidMacException"

    kms.is_out_of_reach = True
    with pytest.raises(ReadTimeoutError) as caught:
        kms.verify_mac(Mac=b"m", **right)
    assert isinstance(caught.value, BotoCoreError), "as every failure to reach AWS is"
    assert kms.calls == ["GenerateMac", "VerifyMac", "VerifyMac"]
