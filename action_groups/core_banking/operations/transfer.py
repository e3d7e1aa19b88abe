"""The operation createTransfer."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pydantic import Field

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound, SameAccount
from action_groups.core_banking.posting import Movement, check_payee, check_payer, post
from action_groups.core_banking.store import BankStore
from shared.accounts import Account
from shared.changes import Change, Stamp
from shared.confirmation import Terms, Warned
from shared.holders import shown_holder
from shared.identity import Caller
from shared.limits import Day, Payee
from shared.models import Answer, Identifier, Line, Request
from shared.money import MXN, Amount
from shared.text import plain_line


class TransferRequest(Request):
    """What to transfer, from where to where."""

    from_account: Identifier = Field(
        description="Account of the customer that the money leaves, as given by getBalance."
    )
    to_account: Identifier = Field(
        description="Account that the money enters: the account_id of a beneficiary as given by "
        "resolveAlias or listBeneficiaries, or another account of the customer."
    )
    amount: Amount = Field(
        description="Amount in Mexican pesos, greater than 0, digits with at most two decimals, "
        "such as 1500.50. Never guess it: ask the customer."
    )
    description: Line | None = Field(
        default=None, description="What the transfer is for, one line of at most 140 characters."
    )


class TransferReceipt(Answer):
    """A transfer that was carried out."""

    transaction_id: str = Field(description="Identifier of the transfer.")
    status: str = Field(description="Always completed: a refused transfer answers an error.")
    from_account: str = Field(description="Account that the money left.")
    to_account: str = Field(description="Account that the money entered.")
    amount: Decimal = Field(description="Amount in pesos.")
    currency: str = Field(description="Currency, MXN.")
    description: str | None = Field(description="What the transfer is for.")
    created_at: str = Field(description="When it happened, ISO 8601 in UTC.")


class TransferError(Answer):
    """What an error tells beside why a transfer was refused."""

    left: Decimal | None = Field(
        description="With LIMIT_EXCEEDED: pesos that the limit still allows."
    )


class TransferTerms(Terms):
    """What a person agrees to before a transfer."""

    from_account: str = Field(description="Account that the money leaves.")
    to_account: str = Field(description="Account that the money enters.")
    to_holder: str | None = Field(
        description="Who holds it, by the bank's own records: somebody else's name is masked."
    )
    amount: Decimal = Field(description="Amount in pesos.")
    currency: str = Field(description="Currency, MXN.")
    description: str | None = Field(description="What the transfer is for.")


@core_banking.operation(
    "POST",
    "/transfers",
    on="TRANSFER_REQUEST",
    replies=("TRANSFER_COMPLETED", "TRANSFER_FAILED"),
    confirm=TransferTerms,
    error=TransferError,
    example=(
        TransferRequest(
            from_account="acc-maria-checking",
            to_account="acc-juan-checking",
            amount=Decimal("100.50"),
            description="Cena",
        ),
        TransferReceipt(
            transaction_id="01a213dd-4d00-7b6e-a1fc-1b3f757936fe",
            status="completed",
            from_account="acc-maria-checking",
            to_account="acc-juan-checking",
            amount=Decimal("100.50"),
            currency=MXN,
            description="Cena",
            created_at="2026-11-25T18:00:00.000Z",
        ),
    ),
)
def create_transfer(
    caller: Caller, request: TransferRequest, bank: BankStore, stamp: Stamp
) -> Change[TransferReceipt]:
    """Transfer money from one of the customer's accounts to another account, at once.

    Resolve a person's alias with resolveAlias first, and use the account_id of the beneficiary only
    when the match is sure. When the answer has `repeated`, no second transfer was made.
    """
    owners = bank.read_ahead_of_transfer(caller.user_id, request.from_account, request.to_account)
    payer = bank.accounts.get(caller.user_id, request.from_account)
    if payer is None:
        raise AccountNotFound(
            "The customer has no account with the id in `from_account`. Call getBalance to see the "
            "customer's accounts."
        )
    if request.from_account == request.to_account:
        raise SameAccount("The money would stay where it is: choose two different accounts.")
    check_payer(bank, payer, request.amount, MXN)
    paid = bank.limits.payee(caller.user_id, request.to_account)
    payee, day = _allowed(caller, request, bank, stamp, owners=owners, paid=paid)
    shown = stamp.shown(
        lambda: TransferTerms(
            from_account=payer.account_id,
            to_account=payee.account_id,
            to_holder=shown_holder(payee, caller.user_id),
            amount=request.amount,
            currency=MXN,
            description=plain_line(request.description or "") or None,
        ),
        lambda: _warnings(payer, paid, request.amount, bank, stamp, is_own=day is None),
    )
    movement = Movement(
        payer=payer,
        payee=payee,
        amount=request.amount,
        currency=MXN,
        type="transfer",
        description=request.description,
        trail=stamp.kept(shown),
    )
    receipt = TransferReceipt(
        transaction_id=stamp.id,
        status="completed",
        from_account=payer.account_id,
        to_account=movement.payee.account_id,
        amount=request.amount,
        currency=movement.currency,
        description=request.description,
        created_at=stamp.created_at,
    )
    writes = post(bank, movement, stamp)
    writes.append(bank.limits.pay(caller.user_id, paid, payer.account_id, request.amount, stamp.at))
    if day is not None:
        writes.append(bank.limits.spend(caller.user_id, day, request.amount))
    return Change(receipt, writes, shown=shown, left_today=None if day is None else day.left)


def _warnings(
    payer: Account,
    paid: Payee,
    amount: Decimal,
    bank: BankStore,
    stamp: Stamp,
    *,
    is_own: bool,
) -> Iterator[Warned]:
    if not is_own and bank.limits.is_new(paid, stamp.at):
        yield Warned(
            "NEW_PAYEE",
            "The customer first paid this account a short time ago."
            if paid.is_known
            else "The customer has never paid this account.",
        )
    if bank.limits.is_repeated(paid, payer.account_id, amount, stamp.at):
        yield Warned(
            "POSSIBLE_DUPLICATE",
            "The same amount already went from this account to that one in the last 24 hours.",
        )
    if payer.is_credit:
        yield Warned(
            "CASH_FROM_CREDIT",
            "The money leaves a credit account: it is borrowed, and the bank may charge for it.",
        )


def _allowed(
    caller: Caller,
    request: TransferRequest,
    bank: BankStore,
    stamp: Stamp,
    *,
    owners: Sequence[str],
    paid: Payee,
) -> tuple[Account, Day | None]:
    """Return the account that takes the money, and the day of the limits; None for an own account.

    Whatever is wrong with somebody else's account has one answer, given only to a payer who has the
    money and may transfer it: nobody learns here which accounts there are.
    """
    payee = bank.accounts.owned_by_one(owners, paid.account_id)
    if payee is not None and payee.user_id == caller.user_id:
        check_payee(payee, MXN)
        return payee, None
    if stamp.is_preview and not paid.is_known:
        bank.limits.count_terms(caller.user_id, stamp.at)
    day = bank.limits.day(caller.user_id, stamp.at)
    bank.limits.check(caller.user_id, paid, day, request.amount, stamp.at)
    if payee is None or not payee.takes_pesos:
        raise AccountNotFound(
            "There is no account with the id in `to_account` that takes this transfer. Use the "
            "account_id of a beneficiary from resolveAlias or listBeneficiaries."
        )
    return payee, day
