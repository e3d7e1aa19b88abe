"""What a schema says of a model; what the profile cannot express is refused."""

from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import Field

from console import openapi
from console.schemas.lint import lint
from shared.changes import Change, Stamp
from shared.identity import Caller
from shared.models import Answer, Request
from shared.operations import ActionGroup
from shared.schemas import ModelNotDescribable, schema_of


class Part(Answer):
    """One part."""

    size: int = Field(description="How large.")


class Whole(Answer):
    """A whole."""

    kind: Literal["large", "small"] = Field(description="Which kind.")
    only: Literal["MXN"] = Field(description="Currency, MXN.")
    amount: Decimal | None = Field(description="Pesos.")
    part: Part = Field(description="The part that counts.")
    parts: list[Part] = Field(description="All parts.")


PART = Part(size=1)
WHOLE = Whole(kind="large", only="MXN", amount=None, part=PART, parts=[PART])


class ByPath(Request):
    """What is asked."""

    thing_id: str = Field(description="The thing.")
    colour: str | None = Field(default=None, description="The colour.")


def invented_group(method: Literal["GET", "POST"] = "GET") -> ActionGroup:
    group = ActionGroup("things", "things", "Things", "Things.", store=lambda *_: None)

    @group.operation(method, "/things/{thing_id}", example=(ByPath(thing_id="thing-1"), WHOLE))
    def get_thing(caller: Caller, request: ByPath, store: object) -> Whole:
        """Tell of a thing."""
        raise NotImplementedError

    return group


class TestAnInventedGroup:
    def test_has_its_path_parameters_in_the_path(self) -> None:
        described = openapi.document(invented_group())["paths"]["/things/{thing_id}"]["get"]
        assert [(p["name"], p["in"], p["required"]) for p in described["parameters"]] == [
            ("thing_id", "path", True),
            ("colour", "query", False),
        ]

    def test_has_the_other_fields_of_a_post_in_an_optional_body(self) -> None:
        described = openapi.document(invented_group("POST"))["paths"]["/things/{thing_id}"]["post"]
        assert [p["name"] for p in described["parameters"]] == ["thing_id"]
        assert described["requestBody"]["required"] is False
        schema = described["requestBody"]["content"]["application/json"]["schema"]
        assert list(schema["properties"]) == ["colour"]
        assert "required" not in schema

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_breaks_no_rule(self, method: Literal["GET", "POST"]) -> None:
        assert lint({"things.yaml": openapi.render(invented_group(method))}) == []

    def test_has_what_it_refers_to_written_out_under_its_own_description(self) -> None:
        fields = schema_of(Whole, "serialization")["properties"]
        assert fields["part"]["description"] == "The part that counts."
        assert fields["parts"]["items"]["description"] == "One part."
        assert fields["part"]["properties"] == fields["parts"]["items"]["properties"]

    def test_has_allowed_values_in_words_once(self) -> None:
        fields = schema_of(Whole, "serialization")["properties"]
        assert fields["kind"] == {
            "type": "string",
            "description": "Which kind. One of: large, small.",
        }
        assert fields["only"] == {"type": "string", "description": "Currency, MXN."}


class Union(Answer):
    """Two types."""

    value: int | str = Field(description="Either.")


class Recursive(Answer):
    """A tree."""

    branches: list["Recursive"] = Field(description="More of it.")


class HoldsRecursive(Answer):
    """A garden."""

    tree: Recursive = Field(description="A tree.")


class FreeMapping(Answer):
    """Anything by name."""

    values: dict[str, int] = Field(description="By name.")


class Unknown(Answer):
    """Anything."""

    values: list[Any] = Field(description="Anything.")


class Pair(Answer):
    """Two values."""

    pair: tuple[int, str] = Field(description="Both.")


class Undescribed(Answer):
    """Says nothing."""

    value: int


class Mixed(Answer):
    """Two types of constants."""

    value: Literal["a", 1] = Field(description="a or 1.")


class TestAModelThatTheProfileCannotExpress:
    @pytest.mark.parametrize(
        ("model", "message"),
        [
            (Union, r"Union\.value is a union"),
            (Recursive, "Recursive contains itself"),
            (HoldsRecursive, r"HoldsRecursive\.tree\.branches\[\] contains itself"),
            (FreeMapping, r"FreeMapping\.values is a free mapping"),
            (Unknown, r"Unknown\.values\[\] has no single type"),
            (Pair, r"Pair\.pair needs prefixItems"),
            (Undescribed, r"Undescribed\.value needs Field\(description"),
            (Mixed, r"Mixed\.value has no single type"),
        ],
    )
    def test_is_refused_with_the_name_of_the_field(self, model: type[Answer], message: str) -> None:
        with pytest.raises(ModelNotDescribable, match=message):
            schema_of(model, "serialization")

    def test_is_refused_as_a_request_with_nested_values(self) -> None:
        class Nested(Request):
            """Nested."""

            parts: list[Part] = Field(description="Parts.")

        group = ActionGroup("things", "things", "Things", "Things.", store=lambda *_: None)

        @group.operation(
            "POST",
            "/things",
            on="MAKE",
            replies=("MADE", "NOT_MADE"),
            example=(Nested(parts=[PART]), WHOLE),
        )
        def make_thing(
            caller: Caller, request: Nested, store: object, stamp: Stamp
        ) -> Change[Whole]:
            """Make a thing."""
            raise NotImplementedError

        with pytest.raises(ModelNotDescribable, match=r"Nested\.parts is nested"):
            openapi.document(group)

    def test_is_refused_without_a_docstring(self) -> None:
        class Silent(Answer):
            size: int = Field(description="How large.")

        group = ActionGroup("things", "things", "Things", "Things.", store=lambda *_: None)

        @group.operation(
            "GET", "/things/{thing_id}", example=(ByPath(thing_id="thing-1"), Silent(size=1))
        )
        def get_thing(caller: Caller, request: ByPath, store: object) -> Silent:
            """Tell of a thing."""
            raise NotImplementedError

        with pytest.raises(ModelNotDescribable, match="Silent needs a docstring"):
            openapi.document(group)
