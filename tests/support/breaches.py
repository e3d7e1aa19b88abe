"""A good schema, and every rule of the profile broken alone in it."""

from dataclasses import dataclass
from pathlib import Path

from console.schemas.rules import CONFIRMATION

GOOD = (Path(__file__).parents[1] / "data" / "schemas" / "good.yaml").read_text(encoding="utf-8")
FILE = "schemas/bank.yaml"
GET, POST = "getAccount", "createTransfer"


@dataclass(frozen=True)
class Breach:
    """An edit of the good file that breaks one rule in one place."""

    rule: str
    old: str
    new: str
    operation: str
    at: str
    """What the line that the finding names begins with, and no line before it."""
    rejected: bool = False
    """Whether openapi-spec-validator alone rejects the file."""
    file: str = FILE

    @property
    def text(self) -> str:
        assert GOOD.count(self.old) == 1, f"{self.old!r} must be there once"
        return GOOD.replace(self.old, self.new)

    @property
    def line(self) -> int:
        lines = self.text.splitlines()
        if not self.at.startswith(" "):
            lines = [line.strip() for line in lines]
        return 1 + next(n for n, line in enumerate(lines) if line.startswith(self.at))


VERSION = "openapi: 3.0.0\n"
TITLE = "title: A bank\n"
PATH_PARAMETER = """\
        description: The account.
        required: true
        schema:
          type: string
"""
QUERY_TYPE = """\
          type: array
          items:
            type: string
"""
ANSWER = """\
                    type: string
                    description: The status.
"""
POST_DESCRIPTION = "      description: Transfer money.\n"
CONFIRMED = "      x-requireConfirmation: ENABLED\n"
JSON_BODY = """\
        required: true
        content:
          application/json:
            schema:
              type: object
"""
AMOUNT = """\
                amount:
                  type: number
"""
POST_RESPONSES = """\
      responses:
        "201":
          description: Done.
"""
GET_ID = "      operationId: getAccount\n"

BREACHES = {
    "text after the end of a value": Breach(
        "yaml-syntax", TITLE, "title: 'A' bank\n", "-", "title:", rejected=True
    ),
    "a tag of CloudFormation": Breach(
        "yaml-syntax", TITLE, "title: !Sub A bank\n", "-", "title:", rejected=True
    ),
    "a tag that the value belies": Breach(
        "yaml-syntax", TITLE, "title: !!int A bank\n", "-", "title:", rejected=True
    ),
    "a tag on a mapping": Breach(
        "yaml-syntax", "info:\n", "info: !!set\n", "-", "info:", rejected=True
    ),
    "a list for a key": Breach(
        "yaml-syntax", TITLE, "? [title]\n  : A bank\n", "-", "? [title]", rejected=True
    ),
    "an alias": Breach(
        "yaml-alias", f"{TITLE}  version: 1.0.0", "title: &a x\n  version: *a", "-", "version:"
    ),
    "a key written twice": Breach(
        "duplicate-key", TITLE, f"x-a: 1\n  {TITLE}  x-a: 2\n", "-", "x-a: 2"
    ),
    "a list at the top": Breach("document-shape", GOOD, "- openapi: 3.0.0\n", "-", "-", True),
    "nothing but a comment": Breach("document-shape", GOOD, "# to do\n", "-", "#", rejected=True),
    "a later version": Breach("openapi-version", VERSION, "openapi: 3.0.3\n", "-", "openapi:"),
    "another version": Breach("openapi-version", VERSION, "openapi: 3.1.0\n", "-", "openapi:"),
    "no version": Breach("openapi-version", VERSION, "", "-", "info:", rejected=True),
    "a group with __": Breach("group-name", TITLE, TITLE, "-", "openapi:", file="a__bank.yaml"),
    "a group with a space": Breach("group-name", TITLE, TITLE, "-", "openapi:", file="my bank.yml"),
    "no path": Breach("no-operations", GOOD[GOOD.index("paths:") :], "paths: {}\n", "-", "paths:"),
    "a path without a slash": Breach(
        "path-slash", "  /transfers:", "  transfers:", "transfers", "transfers:", rejected=True
    ),
    "security at the top": Breach("security", "paths:\n", "security: []\npaths:\n", "-", "securi"),
    "security schemes": Breach(
        "security", "paths:\n", "components:\n  securitySchemes: {}\npaths:\n", "-", "securityS"
    ),
    "security of an operation": Breach(
        "security", CONFIRMED, f"{CONFIRMED}      security: []\n", POST, "security:"
    ),
    "a reference": Breach(
        "reference", "description: Done.", "$ref: '#/components/x'", POST, "$ref", rejected=True
    ),
    "a union in an answer": Breach(
        "union", ANSWER, "                    anyOf: [{type: string}]\n", GET, "anyOf"
    ),
    "a union in an argument": Breach(
        "union", AMOUNT, AMOUNT.replace("type: number", "oneOf: [{}]"), POST, "oneOf"
    ),
    "a union for a body": Breach(
        "union", JSON_BODY, JSON_BODY.replace("type: object", "allOf: [{}]"), POST, "allOf"
    ),
    "allowed values": Breach(
        "enum", AMOUNT, f"{AMOUNT}                  enum: [1]\n", POST, "enum"
    ),
    "the one allowed value": Breach(
        "enum", AMOUNT, f"{AMOUNT}                  const: 1\n", POST, "const", rejected=True
    ),
    "confirmation as a boolean": Breach(
        "confirmation", "ENABLED", "true", POST, "x-requireConfirmation"
    ),
    "confirmation spelt otherwise": Breach(
        "confirmation", CONFIRMATION, "x-require-confirmation", POST, "x-require-confirmation"
    ),
    "confirmation of a path": Breach(
        "confirmation",
        "  /transfers:\n",
        f"  /transfers:\n    {CONFIRMATION}: ENABLED\n",
        "/transfers",
        CONFIRMATION,
    ),
    "confirmation at the top": Breach(
        "confirmation", VERSION, f"{VERSION}{CONFIRMATION}: ENABLED\n", "-", CONFIRMATION
    ),
    "an operation without a description": Breach(
        "operation-description", POST_DESCRIPTION, "", POST, "post:"
    ),
    "an operation with a blank description": Breach(
        "operation-description", "Transfer money.", "' '", POST, "description: ' '"
    ),
    "an operation without an id": Breach(
        "operation-id", "      operationId: createTransfer\n", "", "POST /transfers", "post:"
    ),
    "an id with a dot": Breach(
        "operation-id-characters", POST, "create.transfer", "create.transfer", "operationId: c"
    ),
    "an id with __": Breach(
        "operation-id-underscores", POST, "create__it", "create__it", "operationId: c"
    ),
    "an id of 53 letters": Breach(
        "tool-name-length", POST, "c" * 53, "c" * 53, f"operationId: {'c' * 53}"
    ),
    "no responses": Breach("responses", POST_RESPONSES, "", POST, "post:", rejected=True),
    "empty responses": Breach(
        "responses", POST_RESPONSES, "      responses: {}\n", POST, "responses: {}", rejected=True
    ),
    "a body on GET": Breach(
        "body-method",
        GET_ID,
        f"{GET_ID}      requestBody: {{content: {{application/json: {{}}}}}}\n",
        GET,
        "requestBody: {",
    ),
    "a body that is no JSON": Breach(
        "body-content",
        JSON_BODY,
        JSON_BODY.replace("application", "text"),
        POST,
        "        content:",
    ),
    "an object in a body": Breach(
        "flat-body", AMOUNT, AMOUNT.replace("number", "object"), POST, "amount:"
    ),
    "a list of objects in a body": Breach(
        "flat-body",
        AMOUNT,
        AMOUNT.replace("number", "array\n                  items: {type: object}"),
        POST,
        "amount:",
    ),
    "a list of lists in a body": Breach(
        "flat-body",
        AMOUNT,
        AMOUNT.replace(
            "number", "array\n                  items: {type: array, items: {type: string}}"
        ),
        POST,
        "amount:",
    ),
    "a body that is no object": Breach(
        "flat-body", JSON_BODY, JSON_BODY.replace("object", "string"), POST, "            schema:"
    ),
    "a parameter without a description": Breach(
        "parameter-description",
        "        description: What to tell.\n",
        "",
        GET,
        "- name: fields",
    ),
    "a field of a body without a description": Breach(
        "parameter-description", "                  description: How much.\n", "", POST, "amount:"
    ),
    "a parameter without a schema": Breach(
        "parameter-schema",
        PATH_PARAMETER,
        "".join(PATH_PARAMETER.splitlines(keepends=True)[:2]),
        GET,
        "- name: account_id",
        rejected=True,
    ),
    "a field of a body without a type": Breach(
        "parameter-schema", AMOUNT, "                amount:\n", POST, "amount:"
    ),
    "a type of two": Breach(
        "schema-type", QUERY_TYPE, "          type: [string, 'null']\n", GET, "type: [", True
    ),
    "a list of anything": Breach(
        "schema-type", QUERY_TYPE, "          type: array\n          items: {}\n", GET, "items: {}"
    ),
    "a parameter in a header": Breach(
        "parameter-location", "in: query", "in: header", GET, "in: header"
    ),
    "a parameter in a place that does not exist": Breach(
        "parameter-place", "in: query", "in: body", GET, "in: body", rejected=True
    ),
    "an argument with an accent": Breach(
        "argument-name", "name: fields", "name: período", GET, "- name: per"
    ),
    "an argument of 65 letters": Breach(
        "argument-name", "amount:", f"{'a' * 65}:", POST, f"{'a' * 65}:"
    ),
    "a required field that is none": Breach(
        "required-names",
        "              - to_account\n",
        "              - to_account\n              - other\n",
        POST,
        "- other",
    ),
    "a required field of an answer that is none": Breach(
        "required-names", ANSWER, f"{ANSWER}                required: [x]\n", GET, "required: [x]"
    ),
    "a list in an answer without what it is of": Breach(
        "response-items",
        ANSWER,
        ANSWER.replace("string", "array"),
        GET,
        "                    type: array",
    ),
    "a path beside one that differs in a name only": Breach(
        "path-alike",
        "  /transfers:\n",
        "  /accounts/{id}:\n    x-a: 1\n  /transfers:\n",
        "/accounts/{id}",
        "/accounts/{id}",
    ),
    "Swagger 2": Breach(
        "openapi-version", VERSION, "swagger: '2.0'\n", "-", "swagger:", rejected=True
    ),
    "YAML that is called JSON": Breach(
        "json-syntax", VERSION, VERSION, "-", "openapi:", file="bank.json"
    ),
    "JSON with a value that JSON has not": Breach(
        "json-syntax", GOOD, '{"openapi": NaN}\n', "-", "{", rejected=True, file="bank.json"
    ),
    "one name in query and body": Breach(
        "parameter-repeated",
        CONFIRMED,
        f"{CONFIRMED}      parameters:\n"
        "      - {name: amount, in: query, description: It., schema: {type: number}}\n",
        POST,
        "amount:",
    ),
    "a placeholder without its parameter": Breach(
        "path-parameters", "/{account_id}:", "/{id}/{account_id}:", GET, "parameters:", True
    ),
    "a path parameter that the path has not": Breach(
        "path-parameters", "/{account_id}:", ":", GET, "- name: account_id", rejected=True
    ),
    "an optional path parameter": Breach(
        "path-parameters",
        PATH_PARAMETER,
        PATH_PARAMETER.replace("true", "false"),
        GET,
        "- name: account_id",
        rejected=True,
    ),
    "no title": Breach("openapi-specification", TITLE, "x-a: 1\n", "-", "info:", rejected=True),
    "a response without a description": Breach(
        "openapi-specification", "description: Done.", "x-a: 1", POST, '"201":', rejected=True
    ),
    "a default of another type": Breach(
        "openapi-specification",
        QUERY_TYPE,
        f"{QUERY_TYPE}          default: all\n",
        GET,
        "get:",
        rejected=True,
    ),
}
"""Every rule about one file; those over all files have tests of their own."""
