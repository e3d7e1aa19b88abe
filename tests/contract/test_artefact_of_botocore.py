"""Of botocore, the artefact holds what the functions read: services, authorities, endpoints."""

import ast
import itertools
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.exceptions import BotoCoreError, DataNotFoundError
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from console.artefact import (
    AUTHORITIES,
    FUNCTIONS,
    MCP_FUNCTION,
    Artefact,
    reduced_authorities,
    reduced_endpoints,
    source_files,
    undocumented,
)
from shared import clients

pytestmark = pytest.mark.slow


EVERY = pytest.mark.parametrize("made", [FUNCTIONS, MCP_FUNCTION], ids=lambda a: a.requirements)


def services_called(made: Artefact) -> Iterator[str]:
    """Yield the service of every client that the sources make which no other artefact has."""
    own = set(source_files(made)) - (set() if made is FUNCTIONS else set(source_files()))
    for path in own:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                for where, what in itertools.pairwise([node.func, *node.args]):
                    name = getattr(where, "id", getattr(where, "attr", ""))
                    if name in {"client_of", "client"} and isinstance(what, ast.Constant):
                        yield what.value


@EVERY
def test_the_artefact_knows_every_service_that_a_function_calls(made: Artefact) -> None:
    called = set(services_called(made))

    expected = {"kms", "lambda"}
    if made is FUNCTIONS:
        expected = {"dynamodb", "events", "kms", "sqs"}
    assert called == expected
    assert called <= made.services


def test_the_clients_have_the_handlers_of_every_service_that_the_artefacts_hold() -> None:
    named_otherwise = {"events": "eventbridge"}
    held = FUNCTIONS.services | MCP_FUNCTION.services

    assert {named_otherwise.get(name, name) for name in held} == clients.SERVICES


def test_the_services_of_the_artefact_are_there_and_no_other(deployed: Path) -> None:
    kept = {path.name for path in (deployed / "botocore" / "data").iterdir() if path.is_dir()}

    assert kept == FUNCTIONS.services


def descriptions(data: Path) -> dict[str, Any]:
    """Return what botocore's loader reads of the services that functions call, by its name."""
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    kept = {"service-2", "endpoint-rule-set-1", "waiters-2", "paginators-1"}
    return {
        f"{service} {version} {kind}": loader.load_data(f"{service}/{version}/{kind}")
        for service in sorted(FUNCTIONS.services)
        for kind in kept
        for version in versions_of(loader, service, kind)
    }


def versions_of(loader: Loader, service: str, kind: str) -> list[str]:
    try:
        return loader.list_api_versions(service, kind)
    except DataNotFoundError:
        return []


def texts_left_out(whole: Any, kept: Any) -> int:
    """Return how many texts for people are missing; nothing else may be another."""
    if isinstance(whole, list):
        return sum(texts_left_out(*pair) for pair in zip(whole, kept, strict=True))
    if not isinstance(whole, dict):
        assert whole == kept
        return 0
    texts = {name for name in whole.keys() - kept.keys() if isinstance(whole[name], str)}
    assert kept.keys() == whole.keys() - texts
    assert texts <= {"documentation"}
    return len(texts) + sum(texts_left_out(whole[name], kept[name]) for name in kept)


def test_a_function_reads_of_a_service_what_botocore_has_but_for_texts_for_people(
    deployed: Path,
) -> None:
    whole = descriptions(Path(botocore.__file__).with_name("data"))
    kept = descriptions(deployed / "botocore" / "data")

    assert whole.keys() == kept.keys()
    assert len(whole) > 2 * len(FUNCTIONS.services)
    assert sum(texts_left_out(whole[name], kept[name]) for name in whole) > 1000
    assert not list((deployed / "botocore").rglob("*.gz"))


def test_a_member_called_documentation_stays() -> None:
    described = {"members": {"documentation": {"shape": "Text", "documentation": "Some words."}}}

    assert undocumented(described) == {"members": {"documentation": {"shape": "Text"}}}


def trusted(bundle: Path) -> set[str]:
    """Return the common names of the authorities of a bundle, as TLS reads it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(bundle)
    subjects = [dict(part for [part] in one["subject"]) for one in context.get_ca_certs()]
    return {one["commonName"] for one in subjects}


def test_a_function_trusts_the_authorities_of_amazon_and_no_other(deployed: Path) -> None:
    """The file is the one that botocore takes there: no package brings another."""
    where = subprocess.run(
        [sys.executable, "-S", "-c", "from botocore import httpsession as h; print(h.where())"],
        env={"PYTHONPATH": str(deployed), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=deployed,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()

    assert trusted(Path(where)) == set(AUTHORITIES.values())


def test_a_bundle_that_lacks_an_authority_of_amazon_is_not_deployed() -> None:
    bundle = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="utf-8")
    amazon = reduced_authorities(bundle)
    first, _, _ = amazon.partition("-----END CERTIFICATE-----\n")

    assert len(bundle) > 20 * len(amazon)
    assert reduced_authorities(amazon) == amazon
    with pytest.raises(ValueError, match="lacks Amazon Root CA 1: update"):
        reduced_authorities(bundle.replace(first, ""))


SERVICES = FUNCTIONS.services | MCP_FUNCTION.services


def endpoints_of(table: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    """Return the endpoint of every service that is called, in every region and variant there is."""
    resolver = EndpointResolver(table)
    regions = {region for partition in table["partitions"] for region in partition["regions"]}
    kinds = itertools.product(
        sorted(SERVICES), [*sorted(regions), "mx-new-1"], (False, True), (False, True)
    )
    return {kind: endpoint_of(resolver, *kind) for kind in kinds}


def endpoint_of(
    resolver: EndpointResolver, service: str, region: str, dual: bool, fips: bool
) -> Any:
    try:
        return resolver.construct_endpoint(
            service, region, use_dualstack_endpoint=dual, use_fips_endpoint=fips
        )
    except BotoCoreError as error:
        return type(error)


def test_every_endpoint_of_the_reduced_table_is_that_of_the_whole() -> None:
    whole = Loader().load_data("endpoints")

    assert len(endpoints_of(whole)) > 500
    assert endpoints_of(reduced_endpoints(whole, SERVICES)) == endpoints_of(whole)


def test_a_table_that_lacks_a_service_has_other_endpoints() -> None:
    whole = Loader().load_data("endpoints")

    assert endpoints_of(reduced_endpoints(whole, SERVICES - {"sts"})) != endpoints_of(whole)
