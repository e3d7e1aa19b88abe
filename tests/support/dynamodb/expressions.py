"""The grammar of DynamoDB's expressions: text to trees, refused where DynamoDB refuses it.

AWS documents it under "Using expressions in DynamoDB". What a tree means is in `conditions` and
`updates`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File

from tests.support.dynamodb.errors import invalid

RESERVED = frozenset(File(__file__).with_name("reserved_words.txt").read_text().split())
"""From AWS's documentation, "Reserved words in DynamoDB"."""

MAX_EXPRESSION_BYTES = 4096
MAX_IN_OPERANDS = 100
MAX_OPERATORS = 300

COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_CONDITIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
_KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})
_TOKEN = re.compile(
    r"\s*(?:(?P<name>#[A-Za-z0-9_]+)|(?P<value>:[A-Za-z0-9_]+)|(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<number>\d+)|(?P<symbol><>|<=|>=|[=<>()\[\],.+-]))"
)


@dataclass(frozen=True, slots=True)
class Path:
    """A document path: names, `#placeholders` and positions in lists."""

    steps: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that is given beside the expression."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of operands."""

    function: str
    arguments: tuple["Operand", ...]


Operand = Path | Placeholder | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and a comparator."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """An operand within two bounds, which belong to the range."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class In:
    """An operand that equals one of others."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """AND, or OR when `either`."""

    either: bool
    left: "Condition"
    right: "Condition"


Condition = Comparison | Between | In | Not | Both | Call


@dataclass(frozen=True, slots=True)
class Sum:
    """An operand of SET plus (1) or minus (-1) another."""

    left: Operand
    right: Operand
    sign: int


@dataclass(frozen=True, slots=True)
class Action:
    """One action of an update expression; REMOVE has no operand."""

    clause: str
    path: Path
    operand: Operand | Sum | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and the placeholders and paths that its text uses."""

    kind: str
    tree: Condition | tuple[Action, ...] | tuple[Path, ...]
    names: frozenset[str]
    values: frozenset[str]
    paths: frozenset[Path]


@lru_cache(maxsize=2048)
def parse(kind: str, text: str) -> Parsed:
    """Parse the text of a `ConditionExpression`, `UpdateExpression`, or any other kind."""
    if not isinstance(text, str) or not text.strip():
        raise invalid(f"Invalid {kind}: The expression can not be empty;")
    if len(text.encode()) > MAX_EXPRESSION_BYTES:
        raise invalid(f"Invalid {kind}: Expression size has exceeded the maximum allowed size;")
    parser = _Parser(kind, text)
    readers: dict[str, Callable[[], Condition | tuple[Action, ...] | tuple[Path, ...]]] = {
        "UpdateExpression": parser.update,
        "ProjectionExpression": parser.projection,
    }
    tree = readers.get(kind, parser.condition)()
    parser.finish()
    return Parsed(
        kind, tree, frozenset(parser.names), frozenset(parser.values), frozenset(parser.paths)
    )


class _Parser:
    def __init__(self, kind: str, text: str) -> None:
        self._kind = kind
        self._tokens = self._tokenized(text)
        self._at = 0
        self._operators = 0
        self.names: set[str] = set()
        self.values: set[str] = set()
        self.paths: set[Path] = set()

    def _tokenized(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._syntax_error(text[position:].strip()[:1])
            kind = match.lastgroup or ""
            token = match[kind]
            if kind == "word" and token.upper() in _KEYWORDS:
                kind, token = "keyword", token.upper()
            tokens.append((kind, token))
            position = match.end()
        return [*tokens, ("end", "<EOF>")]

    def _syntax_error(self, token: str) -> Exception:
        return invalid(f'Invalid {self._kind}: Syntax error; token: "{token}"')

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _take(self, *wanted: str) -> str | None:
        """Take the next token if it is one of these symbols or keywords."""
        kind, token = self._peek()
        if kind in {"symbol", "keyword"} and token in wanted:
            self._at += 1
            return token
        return None

    def _need(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise self._syntax_error(self._peek()[1])

    def finish(self) -> None:
        if self._peek()[0] != "end":
            raise self._syntax_error(self._peek()[1])
        if self._operators > MAX_OPERATORS:
            raise invalid(
                f"Invalid {self._kind}: The expression contains too many operators and functions"
            )

    # --- Conditions: OR binds least, then AND, then NOT ---------------------------------------

    def condition(self) -> Condition:
        left = self._conjunction()
        while self._take("OR"):
            self._operators += 1
            left = Both(True, left, self._conjunction())
        return left

    def _conjunction(self) -> Condition:
        left = self._negation()
        while self._take("AND"):
            self._operators += 1
            left = Both(False, left, self._negation())
        return left

    def _negation(self) -> Condition:
        if self._take("NOT"):
            self._operators += 1
            return Not(self._negation())
        if self._take("("):
            is_doubled = self._peek() == ("symbol", "(")
            first = self._at
            inner = self.condition()
            if is_doubled and self._closes(first) == self._at:
                raise invalid(f"Invalid {self._kind}: The expression has redundant parentheses;")
            self._need(")")
            return inner
        return self._test()

    def _closes(self, opened: int) -> int:
        """Return the position after the parenthesis that closes the one at `opened`."""
        depth = 0
        for position in range(opened, len(self._tokens)):
            token = self._tokens[position]
            depth += (token == ("symbol", "(")) - (token == ("symbol", ")"))
            if depth == 0:
                return position + 1
        return -1

    def _test(self) -> Condition:
        operand = self._operand()
        self._operators += 1
        if isinstance(operand, Call) and operand.function != "size":
            return operand
        if comparator := self._take(*COMPARATORS):
            return Comparison(comparator, operand, self._value_operand())
        if self._take("BETWEEN"):
            low = self._value_operand()
            self._need("AND")
            return Between(operand, low, self._value_operand())
        if self._take("IN"):
            self._need("(")
            choices = [self._value_operand()]
            while self._take(","):
                choices.append(self._value_operand())
            self._need(")")
            if len(choices) > MAX_IN_OPERANDS:
                raise invalid(f"Invalid {self._kind}: The IN operator has too many operands")
            return In(operand, tuple(choices))
        raise self._syntax_error(self._peek()[1])

    def _value_operand(self) -> Operand:
        operand = self._operand()
        if isinstance(operand, Call) and operand.function != "size":
            raise invalid(
                f"Invalid {self._kind}: The function is not allowed to be used this way in an "
                f"expression; function: {operand.function}"
            )
        return operand

    def _operand(self) -> Operand:
        kind, token = self._peek()
        if kind == "value":
            self._at += 1
            self.values.add(token)
            return Placeholder(token)
        if kind == "word" and self._peek(1) == ("symbol", "("):
            self._at += 2
            return self._call(token, {**_CONDITIONS, "size": 1})
        return self._path()

    def _call(self, function: str, known: dict[str, int]) -> Call:
        if function not in known:
            raise invalid(f"Invalid {self._kind}: Invalid function name; function: {function}")
        arguments = [self._argument(known)]
        while self._take(","):
            arguments.append(self._argument(known))
        self._need(")")
        if len(arguments) != known[function]:
            raise invalid(
                f"Invalid {self._kind}: Incorrect number of operands for operator or function; "
                f"operator or function: {function}, number of operands: {len(arguments)}"
            )
        needs_path = function not in {"contains", "begins_with", "list_append"}
        if needs_path and not isinstance(arguments[0], Path):
            raise invalid(
                f"Invalid {self._kind}: Operator or function requires a document path; operator "
                f"or function: {function}"
            )
        return Call(function, tuple(arguments))

    def _argument(self, known: dict[str, int]) -> Operand:
        if "list_append" in known:
            return self._set_operand()
        operand = self._operand()
        if isinstance(operand, Call):
            raise invalid(
                f"Invalid {self._kind}: The function is not allowed to be used this way in an "
                f"expression; function: {operand.function}"
            )
        return operand

    # --- Paths --------------------------------------------------------------------------------

    def _path(self) -> Path:
        steps: list[str | int] = [self._name()]
        while True:
            if self._take("."):
                steps.append(self._name())
            elif self._take("["):
                kind, token = self._peek()
                if kind != "number":
                    raise self._syntax_error(token)
                self._at += 1
                self._need("]")
                steps.append(int(token))
            else:
                path = Path(tuple(steps))
                self.paths.add(path)
                return path

    def _name(self) -> str:
        kind, token = self._peek()
        if kind == "keyword" or (kind == "word" and token.upper() in RESERVED):
            raise invalid(
                f"Invalid {self._kind}: Attribute name is a reserved keyword; reserved keyword: "
                f"{token}"
            )
        if kind == "name":
            self.names.add(token)
        elif kind != "word":
            raise self._syntax_error(token)
        self._at += 1
        return token

    def projection(self) -> tuple[Path, ...]:
        paths = [self._path()]
        while self._take(","):
            paths.append(self._path())
        return tuple(paths)

    # --- Updates ------------------------------------------------------------------------------

    def update(self) -> tuple[Action, ...]:
        actions: list[Action] = []
        seen: set[str] = set()
        while clause := self._take("SET", "REMOVE", "ADD", "DELETE"):
            if clause in seen:
                raise invalid(
                    f'Invalid {self._kind}: The "{clause}" section can only be used once in an '
                    "update expression;"
                )
            seen.add(clause)
            actions.append(self._action(clause))
            while self._take(","):
                actions.append(self._action(clause))
        return tuple(actions)

    def _action(self, clause: str) -> Action:
        path = self._path()
        if clause == "REMOVE":
            return Action(clause, path)
        if clause == "SET":
            self._need("=")
            left = self._set_operand()
            if sign := self._take("+", "-"):
                return Action(clause, path, Sum(left, self._set_operand(), int(f"{sign}1")))
            return Action(clause, path, left)
        kind, token = self._peek()
        if kind != "value":
            raise self._syntax_error(token)
        return Action(clause, path, self._set_operand())

    def _set_operand(self) -> Operand:
        kind, token = self._peek()
        if kind == "word" and self._peek(1) == ("symbol", "("):
            self._at += 2
            return self._call(token, {"if_not_exists": 2, "list_append": 2})
        return self._operand()
