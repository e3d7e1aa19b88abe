"""The proof of a person's yes, which the bank's channel makes: one place, for every front end."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from console.deployment import Deployment
from console.errors import ConsoleError
from shared.confirmation import MAC_ALGORITHM, proof_of

Mint = Callable[[str], str]
"""Makes the proof of a challenge to which the person said yes. Raises NotMinted."""


class NotMinted(ConsoleError):
    """The proof could not be made, so nothing was sent."""


def mint(deployment: Deployment, challenge: str) -> str:
    """Have the deployment's key sign a challenge, and return the proof.

    The credentials in use need the policy of the stack's output ConfirmationPolicyArn.
    """
    try:
        answer = deployment.cloud.client("kms").generate_mac(
            KeyId=deployment.outputs["ConfirmationKeyArn"],
            Message=challenge.encode(),
            MacAlgorithm=MAC_ALGORITHM,
        )
    except (BotoCoreError, ClientError) as error:
        name = (
            error.response["Error"]["Code"]
            if isinstance(error, ClientError)
            else type(error).__name__
        )
        raise NotMinted(f"The yes could not be signed ({name}), and nothing was done.") from error
    return proof_of(challenge, answer["Mac"])
