"""`centli generate`: writes everything that follows from the operations, and says what is missing.

Generated are the schemas in `openapi/`, `tools/` and `mcp-server/`, the policies in `policies/`,
the sample events in `events/`, the tables between markers in the documents, and the description of
the agent's alias in `template.yaml`. All of it is committed; `--check` compares instead of writing.
"""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from action_groups import all_groups
from console import alias, openapi, policies, samples, tools
from console.artefact import ROOT
from console.gaps import gaps, notes
from console.gateway_gaps import gateway_gaps
from console.tables import filled
from console.template import (
    TemplateNotWhole,
    expanded,
    load_gateway_template,
    load_template,
    told_of,
)
from shared.operations import ActionGroup
from shared.schemas import ModelNotDescribable

_SCHEMAS = {"openapi": openapi.render, "tools": tools.render}
"""What writes the schema file of a group, by folder."""
_OWNED = (
    *(f"{folder}/*.yaml" for folder in (*_SCHEMAS, "mcp-server", "policies")),
    *(f"events/{folder}/*.json" for folder in samples.FOLDERS),
)
_DOCUMENTS = ("*.md", "docs/*.md")


def generated(groups: Sequence[ActionGroup], root: Path) -> dict[Path, str]:
    """Return the text of every generated file. Raises ModelNotDescribable."""
    files = {
        root / folder / f"{group.name}.yaml": render(group)
        for folder, render in _SCHEMAS.items()
        for group in groups
    }
    for name, policy in policies.POLICIES.items():
        files[root / "policies" / f"{name}.yaml"] = policy(groups)
    files[root / "mcp-server" / "tools.yaml"] = tools.render_for_mcp(groups)
    for name, text in samples.sample_events(groups).items():
        files[root / "events" / name] = text
    for pattern in _DOCUMENTS:
        for path in sorted(root.glob(pattern)):
            files[path] = filled(path.read_text(encoding="utf-8"), groups)
    for path in root.glob("template.yaml"):
        files[path] = alias.stamped(path.read_text(encoding="utf-8"), groups)
    return files


def write(files: dict[Path, str], root: Path) -> list[str]:
    """Write what changed, remove what is generated no more, and return a line for each file."""
    lines = []
    for path, text in files.items():
        if _text_of(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            lines.append(f"wrote {path.relative_to(root)}")
    for path in _strays(files, root):
        path.unlink()
        lines.append(f"removed {path.relative_to(root)}")
    return lines


def drift(files: dict[Path, str], root: Path) -> list[str]:
    """Return how the files differ from what the code says, in lines; none when they agree."""
    lines: list[str] = []
    for path, text in files.items():
        name, committed = str(path.relative_to(root)), _text_of(path)
        if committed is None:
            lines.append(f"{name}: missing")
        elif committed != text:
            pair = (committed.splitlines(), text.splitlines())
            lines.extend(difflib.unified_diff(*pair, name, f"{name} (the code)", lineterm=""))
    lines.extend(f"{path.relative_to(root)}: nothing makes it" for path in _strays(files, root))
    return [*lines, "Run `centli generate` and commit what it wrote."] if lines else []


def run(*, check: bool) -> int:
    """Write or compare, print what is missing, and return the exit code."""
    try:
        groups = all_groups()
        missing = [
            *told_of(load_template, "template.yaml", lambda t: gaps(groups, expanded(t))),
            *told_of(load_gateway_template, "gateway.yaml", lambda t: gateway_gaps(groups, t)),
        ]
        files = generated(groups, ROOT)
    except (ImportError, ModelNotDescribable, TemplateNotWhole, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    lines = drift(files, ROOT) if check else write(files, ROOT)
    print(*lines, *notes(groups), *(missing or ["Nothing is missing."]), sep="\n")
    return 1 if check and (lines or missing) else 0


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _strays(files: dict[Path, str], root: Path) -> list[Path]:
    return sorted({path for pattern in _OWNED for path in root.glob(pattern)} - set(files))
