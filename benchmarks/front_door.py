"""Powertools' `BedrockAgentResolver` against our own front door, as ratios in one run.

    python benchmarks/front_door.py

Both answer the same POST with the same fields and no AWS call. Warm: the median time of one
invocation. Cold: the median time of a fresh process that imports, builds and answers its first
invocation. The reference (1.00) is the resolver.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WARM_ROUNDS = 2000
_COLD_ROUNDS = 11
_SAMPLE = Path(__file__).parent.parent / "events" / "agent" / "create_transfer.json"
_EVENT = json.loads(_SAMPLE.read_text())

# Our front door logs a line for each request, the resolver does not: compared without it.
os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"

Handler = Callable[[Any, Any], Any]


def own() -> Handler:
    """Return a handler through our front door."""
    from decimal import Decimal

    from pydantic import Field

    from shared.front_doors import lambda_handler_for
    from shared.identity import Caller
    from shared.models import Answer, Request
    from shared.money import Amount
    from shared.operations import ActionGroup
    from shared.service import Resources, Service
    from shared.settings import Settings

    class Transfer(Request):
        from_account: str
        to_account: str
        amount: Amount
        description: str | None = Field(default=None)

    class Echo(Answer):
        from_account: str
        amount: Amount

    group = ActionGroup("bench", "bench", "Bench", "Bench", store=lambda *_: None)

    moved: Any = {"from_account": "acc-1", "amount": Decimal(100)}
    example = (Transfer(to_account="acc-2", **moved), Echo(**moved))

    @group.operation("POST", "/transfers", example=example)
    def create_transfer(caller: Caller, request: Transfer, store: object) -> Echo:
        """Answer what came."""
        return Echo(from_account=request.from_account, amount=request.amount)

    names = [str(field.alias) for field in Settings.model_fields.values() if field.is_required()]
    settings = Settings.from_environment(
        dict.fromkeys(names, "bench") | {"REQUIRE_CONFIRMATION": "never", "DOORS": "agent"}
    )
    resources: Any = Resources(settings=settings, database=None, publisher=None, is_mac=None)  # type: ignore[arg-type]
    return lambda_handler_for(Service(group, resources))


def resolver() -> Handler:
    """Return a handler through Powertools' resolver."""
    from typing import Annotated

    import boto3  # noqa: F401 every function needs it, and our front door brings it
    from aws_lambda_powertools.event_handler import BedrockAgentResolver
    from aws_lambda_powertools.event_handler.openapi.params import Body
    from pydantic import BaseModel

    class Transfer(BaseModel):
        from_account: str
        to_account: str
        amount: float
        description: str | None = None

    app = BedrockAgentResolver()

    @app.post("/transfers", description="Answer what came.")
    def create_transfer(request: Annotated[Transfer, Body()]) -> Transfer:
        return request

    return app.resolve


HANDLERS: dict[str, Callable[[], Handler]] = {"resolver": resolver, "own": own}


def main() -> None:
    """Print the medians and their ratios; with a name, answer one invocation and end."""
    if len(sys.argv) > 1:
        answer = HANDLERS[sys.argv[1]]()(_EVENT, None)
        assert answer["response"]["httpStatusCode"] == 200, answer  # noqa: PLR2004
        return
    handlers = {name: make() for name, make in HANDLERS.items()}
    _compare("warm", "us", 1_000, _WARM_ROUNDS, lambda name: handlers[name](_EVENT, None))
    _compare("cold", "ms", 1_000_000, _COLD_ROUNDS, _answer_in_a_fresh_process)


def _compare(
    title: str, unit: str, unit_ns: int, rounds: int, run: Callable[[str], object]
) -> None:
    """Time the handlers by turns, so that what else the machine does is shared between them."""
    times: dict[str, list[int]] = {name: [] for name in HANDLERS}
    for _ in range(rounds):
        for name, measured in times.items():
            start = time.perf_counter_ns()
            run(name)
            measured.append(time.perf_counter_ns() - start)
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    for name, median in medians.items():
        ratio = median / medians["resolver"]
        print(f"{title}  {name:9}{median / unit_ns:9.1f} {unit}   ratio {ratio:.2f}")


def _answer_in_a_fresh_process(name: str) -> None:
    subprocess.run([sys.executable, __file__, name], check=True, capture_output=True)


if __name__ == "__main__":
    main()
