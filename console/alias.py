"""The alias of the agent in `template.yaml`: its description changes when the agent does."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from console import openapi
from console.template import parsed
from shared.operations import ActionGroup

_DIGEST: Final = re.compile(r"(?<=Definition )[0-9a-f]{12}\b")


def stamped(template: str, groups: Sequence[ActionGroup]) -> str:
    """Return the text of the template, its alias described by what the agent is made of now."""
    agent = parsed(template)["Resources"].get("Agent", {}).get("Properties")
    schemas = [openapi.render(group) for group in groups]
    definition = json.dumps([agent, schemas], sort_keys=True)
    return _DIGEST.sub(sha256(definition.encode()).hexdigest()[:12], template)
