"""The question of the MCP server: nothing moves without a yes to it, and a yes counts once."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import mcp_types as types
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError

from shared import json_text
from shared.channel import Functions
from shared.confirmation import VALID_FOR
from tests.support.arguments import RIGHT, furnish
from tests.support.mcp_client import TRANSFER, YES, Era, McpBank, Person, both_eras, code
from tests.support.mcp_url import McpUrlBank
from tests.support.world import World

NO = [
    types.ElicitResult(action="decline"),
    types.ElicitResult(action="cancel"),
    types.ElicitResult(action="accept", content={"confirm": False}),
    types.ElicitResult(action="accept", content={}),
    types.ElicitResult(action="accept"),
    types.ElicitResult(action="accept", content={"confirm": "true"}),
    types.ElicitResult(action="accept", content={"confirm": 1}),
    types.ElicitResult(action="decline", content={"confirm": True}),
]


class TestTheQuestion:
    @both_eras
    def test_the_person_is_shown_the_banks_terms_and_warnings(self, bank: World, era: Era) -> None:
        person = Person()
        result = McpBank(bank).call("createTransfer", TRANSFER, era=era, person=person)
        assert result.structured_content["status"] == "completed"
        [shown] = person.shown
        for part in ("Transfer money", "acc-maria", "acc-juan", "100.00", "\n! "):
            assert part in shown
        assert bank.balance("acc-maria") == 900

    @both_eras
    def test_the_payers_record_says_that_it_came_by_the_mcp_server(
        self, bank: World, era: Era
    ) -> None:
        McpBank(bank).call("createTransfer", TRANSFER, era=era, person=Person())
        payers = [r for r in bank.items("transactions") if r["account_id"] == "acc-maria"]
        assert [record["door"] for record in payers] == ["mcp"]

    @both_eras
    @pytest.mark.parametrize("answer", NO, ids=str)
    def test_whatever_is_no_yes_moves_nothing(self, bank: World, era: Era, answer: Any) -> None:
        before = bank.snapshot()
        result = McpBank(bank).call("createTransfer", TRANSFER, era=era, person=Person(answer))
        assert code(result) == "CUSTOMER_DECLINED"
        assert bank.balance("acc-maria") == 1000
        assert bank.snapshot() | {"limits": []} == before | {"limits": []}

    @both_eras
    def test_what_would_be_refused_is_not_asked_about(self, bank: World, era: Era) -> None:
        person = Person()
        result = McpBank(bank).call(
            "createTransfer", TRANSFER | {"amount": 5000}, era=era, person=person
        )
        assert code(result) == "INSUFFICIENT_FUNDS"
        assert person.shown == []

    @both_eras
    def test_terms_that_change_while_the_person_thinks_are_asked_about_again(
        self, bank: World, era: Era
    ) -> None:
        furnish(bank)
        arguments = json_text.without_decimals(RIGHT["createTransfer"])

        def answer(times: int) -> Any:
            if times == 1:
                to = arguments["to_account"]
                [account] = [a for a in bank.items("accounts") if a["account_id"] == to]
                bank.put("accounts", **account | {"holder_name": "Pedro Otro Nombre"})
            return YES

        person = Person(answer)
        result = McpBank(bank).call("createTransfer", arguments, era=era, person=person)
        assert not result.is_error
        assert len(person.shown) == 2
        assert "Pedro" not in person.shown[0]
        assert "Pedro O***" in person.shown[1]

    @both_eras
    def test_no_value_can_pass_for_a_line_of_its_own(self, bank: World, era: Era) -> None:
        furnish(bank)
        person = Person(NO[0])
        arguments = json_text.without_decimals(RIGHT["createPurchase"])
        forged = {"name": "TV\n- Account that the money enters: \u202eacc"}
        for product in bank.items("products"):
            if product["product_id"] == arguments["product_id"]:
                bank.put("products", **product | forged)
        McpBank(bank).call("createPurchase", arguments, era=era, person=person)
        for line in person.shown[0].splitlines():
            assert line.isprintable()
            assert not line.startswith("- Account that the money enters")

    @both_eras
    @pytest.mark.parametrize("tool", ["createTransfer", "createPurchase", "addBeneficiary"])
    def test_a_client_that_cannot_ask_is_told_so_and_nothing_is_even_looked_up(
        self, bank: World, era: Era, tool: str
    ) -> None:
        furnish(bank)
        mcp = McpBank(bank)
        result = mcp.call(tool, json_text.without_decimals(RIGHT[tool]), era=era)
        assert code(result) == "CONFIRMATION_REQUIRED"
        assert "cannot ask" in result.structured_content["error"]["message"]
        assert mcp.functions.calls == []

    @both_eras
    def test_a_client_that_asks_by_itself_is_not_asked(self, bank: World, era: Era) -> None:
        person = Person()
        mcp = McpBank(bank, asks_itself=True)
        result = mcp.call("createTransfer", TRANSFER, era=era, person=person)
        assert result.structured_content["status"] == "completed"
        assert person.shown == []
        assert bank.balance("acc-maria") == 900


def rounds(mcp: McpBank, use: Callable[[Any], Any]) -> Any:
    """Drive the rounds of a call by hand, as a client may that keeps or forges what it has."""

    async def driven(client: Client) -> Any:
        async def call(
            tool: str = "createTransfer",
            arguments: Any = TRANSFER,
            state: str | None = None,
            answer: Any = None,
        ) -> Any:
            return await client.session.call_tool(
                tool,
                arguments,
                request_state=state,
                input_responses=None if answer is None else {"confirmation": answer},
                allow_input_required=True,
            )

        return await use(call)

    return mcp.with_client(driven, person=Person())


@pytest.fixture(params=[McpBank, McpUrlBank], ids=["in process", "behind its URL"])
def server(request: pytest.FixtureRequest) -> type[McpBank]:
    """The server as `centli mcp` runs it, and as `gateway.yaml` deploys it."""
    return request.param  # type: ignore[no-any-return]


class TestReplays:
    def test_the_same_state_twice_is_one_transfer_and_is_told_so(
        self, server: type[McpBank], bank: World
    ) -> None:
        async def twice(call: Any) -> Any:
            asked = await call()
            return [await call(state=asked.request_state, answer=YES) for _ in range(2)]

        first, again = rounds(server(bank), twice)
        assert again.structured_content["repeated"] is True
        ids = {r.structured_content["transaction_id"] for r in (first, again)}
        assert len(ids) == 1
        assert bank.balance("acc-maria") == 900

    @pytest.mark.parametrize(
        ("tool", "arguments"),
        [
            ("createTransfer", TRANSFER | {"amount": 900}),
            ("createTransfer", TRANSFER | {"to_account": "acc-maria-savings"}),
            ("createTransfer", TRANSFER | {"description": "Otra"}),
            ("addBeneficiary", TRANSFER),
        ],
    )
    def test_a_state_is_good_for_its_own_call_alone(
        self, server: type[McpBank], bank: World, tool: str, arguments: Any
    ) -> None:
        async def other(call: Any) -> Any:
            asked = await call()
            with pytest.raises(MCPError, match="requestState"):
                await call(tool, arguments, asked.request_state, YES)

        rounds(server(bank), other)
        assert bank.balance("acc-maria") == 1000

    @pytest.mark.parametrize("forge", [lambda s: "x", lambda s: s[:-2] + "AA", lambda s: ""])
    def test_a_forged_state_is_refused(
        self, server: type[McpBank], bank: World, forge: Callable[[str], str]
    ) -> None:
        async def forged(call: Any) -> Any:
            asked = await call()
            with pytest.raises(MCPError, match="requestState"):
                await call(state=forge(asked.request_state), answer=YES)

        rounds(server(bank), forged)
        assert bank.balance("acc-maria") == 1000

    def test_a_state_of_another_customers_server_is_refused(
        self, server: type[McpBank], bank: World
    ) -> None:
        async def state(call: Any) -> str:
            return str((await call(arguments=TRANSFER)).request_state)

        of_maria = rounds(server(bank), state)

        async def used(call: Any) -> None:
            with pytest.raises(MCPError, match="requestState"):
                await call(state=of_maria, answer=YES)

        rounds(server(bank, user_id="user-juan"), used)
        assert bank.balance("acc-maria") == 1000

    def test_a_yes_without_a_state_is_no_answer_to_anything(
        self, server: type[McpBank], bank: World
    ) -> None:
        async def unasked(call: Any) -> Any:
            return await call(answer=YES)

        assert isinstance(rounds(server(bank), unasked), types.InputRequiredResult)
        assert bank.balance("acc-maria") == 1000

    @pytest.mark.parametrize("answer", [None, *NO], ids=str)
    def test_a_state_without_a_yes_moves_nothing_and_stays_good(
        self, server: type[McpBank], bank: World, answer: Any
    ) -> None:
        async def first_no(call: Any) -> Any:
            asked = await call()
            no = await call(state=asked.request_state, answer=answer)
            assert bank.balance("acc-maria") == 1000
            return no, await call(state=asked.request_state, answer=YES)

        no, yes = rounds(server(bank), first_no)
        assert code(no) == "CUSTOMER_DECLINED"
        assert yes.structured_content["status"] == "completed"
        assert bank.balance("acc-maria") == 900

    def test_a_yes_after_the_terms_have_expired_moves_nothing(
        self, server: type[McpBank], bank: World
    ) -> None:
        async def late(call: Any) -> Any:
            asked = await call()
            bank.clock.move(VALID_FOR + timedelta(seconds=1))
            return await call(state=asked.request_state, answer=YES)

        assert code(rounds(server(bank), late)) == "CONFIRMATION_EXPIRED"
        assert bank.balance("acc-maria") == 1000

    def test_a_state_is_sealed_for_ten_minutes(
        self, server: type[McpBank], bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def late(call: Any) -> Any:
            asked = await call()
            ten_minutes_later = time.time() + VALID_FOR.total_seconds() + 1
            monkeypatch.setattr("mcp.server.request_state.time.time", lambda: ten_minutes_later)
            with pytest.raises(MCPError, match="requestState"):
                await call(state=asked.request_state, answer=YES)

        rounds(server(bank), late)
        assert bank.balance("acc-maria") == 1000

    def test_each_new_call_is_a_new_question_and_a_new_transfer(
        self, server: type[McpBank], bank: World
    ) -> None:
        mcp = server(bank)
        for _ in range(2):
            mcp.call("createTransfer", TRANSFER, person=Person())
        assert bank.balance("acc-maria") == 800

    def test_a_server_that_believed_every_yes_would_be_found(
        self, server: type[McpBank], bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the tests of what is no yes."""
        monkeypatch.setattr("shared.front_doors.mcp._check_yes", lambda answer: None)
        with pytest.raises(AssertionError):
            TestTheQuestion().test_whatever_is_no_yes_moves_nothing(bank, "auto", NO[0])


class TestABankThatDoesNotAnswer:
    @both_eras
    def test_the_model_is_told_that_the_outcome_is_not_known_and_nothing_of_why(
        self, bank: World, era: Era, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mcp = McpBank(bank)

        def broken(*given: Any, **how: Any) -> Any:
            raise RuntimeError("secret of acc-maria")

        monkeypatch.setattr(Functions, "__call__", broken)
        result = mcp.call("getBalance", era=era)
        assert code(result) == "TEMPORARILY_UNAVAILABLE"
        assert "not known" in str(result.structured_content)
        assert "secret" not in str(result)

    def test_the_state_sent_again_after_a_lost_answer_is_the_same_transfer(
        self, bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mcp = McpBank(bank)
        right = Functions.__call__

        def loses_the_answer(*given: Any, **how: Any) -> Any:
            right(*given, **how)
            raise TimeoutError

        async def lost(call: Any) -> Any:
            asked = await call()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Functions, "__call__", loses_the_answer)
                unknown = await call(state=asked.request_state, answer=YES)
            return unknown, await call(state=asked.request_state, answer=YES)

        unknown, again = rounds(mcp, lost)
        assert code(unknown) == "TEMPORARILY_UNAVAILABLE"
        assert again.structured_content["repeated"] is True
        assert bank.balance("acc-maria") == 900
