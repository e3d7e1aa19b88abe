"""Seed the customers' beneficiaries: `python scripts/seed_beneficiaries.py`."""

from collections.abc import Iterator
from typing import Any

from action_groups.crm.aliases.folding import index_key
from action_groups.crm.store import beneficiary_id_for
from scripts.seed_accounts import CUSTOMERS, OWNERS
from scripts.seeding import add_missing, run, table_name

_ADDED = "2025-02-01T16:00:00.000Z"

# user, alias, account, relationship
BENEFICIARIES = [
    ("user-maria", "mi hermano", "acc-juan-checking", "brother"),
    ("user-maria", "mi mamá", "acc-elena-checking", "mother"),
    ("user-maria", "casero", "acc-carlos-checking", "landlord"),
    ("user-maria", "Sofi", "acc-sofia-checking", "friend"),
    ("user-juan", "mi hermana", "acc-maria-checking", "sister"),
    ("user-juan", "mi jefa", "acc-elena-checking", "mother"),
    ("user-juan", "Charly", "acc-carlos-checking", "friend"),
    ("user-sofia", "Mari", "acc-maria-checking", "friend"),
    ("user-sofia", "mi novio", "acc-carlos-checking", "boyfriend"),
    ("user-carlos", "mi amor", "acc-sofia-checking", "girlfriend"),
    ("user-carlos", "inquilina", "acc-maria-checking", "tenant"),
    ("user-elena", "mi hija", "acc-maria-checking", "daughter"),
    ("user-elena", "mi hijo", "acc-juan-checking", "son"),
]


def seed(client: Any, prefix: str) -> int:
    """Add the beneficiaries, and return how many were missing."""
    return add_missing(
        client, table_name("beneficiaries", prefix), _beneficiaries(), "beneficiary_id"
    )


def _beneficiaries() -> Iterator[dict[str, Any]]:
    for user, alias, account, relationship in BENEFICIARIES:
        yield {
            "user_id": user,
            "beneficiary_id": beneficiary_id_for(alias),
            "name": CUSTOMERS[OWNERS[account]],
            "alias": alias,
            "alias_lower": index_key(alias),
            "account_id": account,
            "relationship": relationship,
            "created_at": _ADDED,
        }


if __name__ == "__main__":
    run(seed, "beneficiaries")
