"""A local stack with the example data: started for a while, or to stay."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager

from console import credentials
from console.deployment import Deployment, deploy_locally
from console.errors import ConsoleError
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from console.stopping import stop_on_terminate
from console.where import DEFAULT_PORT


@contextmanager
def seeded_stack(port: int | None) -> Iterator[Deployment]:
    """Start a stack on the port, or on any free one, and stop it at the end."""
    with stop_on_terminate(), LocalStack(port or free_port()) as stack:
        yield _deploy_and_seed(stack)


def stay(port: int) -> int:
    """Start a stack, say how to use it, and stay until the command is ended."""
    with stop_on_terminate(), LocalStack(port) as stack:
        deployment = _deploy_and_seed(stack)
        chosen = "" if port == DEFAULT_PORT else f" --port {port}"
        print(
            f"""
CENTLI is up at {stack.endpoint} (bus {deployment.bus_name}). In another terminal:

  centli invoke getBalance{chosen}
  centli invoke resolveAlias alias="mi hermano"{chosen}
  centli invoke createTransfer from_account=acc-maria-checking to_account=acc-juan-checking \\
      amount=100{chosen}
  centli send TRANSFER_REQUEST from_account=acc-maria-checking to_account=acc-juan-checking \\
      amount=50{chosen}

Any AWS client works too, with the credentials of this start, which only you can read:

  export AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(credentials.file_of(stack.port)))}
  aws --profile {credentials.PROFILE} --endpoint-url {stack.endpoint} dynamodb list-tables

Ctrl-C stops it and leaves nothing behind.""",
            flush=True,
        )
        while True:
            time.sleep(1)
            if not stack.is_running:
                raise ConsoleError("The local AWS stopped by itself.")


def _deploy_and_seed(stack: LocalStack) -> Deployment:
    started = time.monotonic()
    print(f"local AWS on {stack.endpoint}, IAM enforced; deploying template.yaml ...", flush=True)
    deployment = deploy_locally(stack.cloud())
    added = seed_all(deployment)
    print(f"deployed and seeded {added} items in {time.monotonic() - started:.1f} s", flush=True)
    return deployment
