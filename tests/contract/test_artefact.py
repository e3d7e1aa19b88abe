"""What is deployed: the sources of the groups and of what they share, and nothing else."""

import io
import zipfile
from pathlib import Path

from console.artefact import source_zip


def names() -> list[str]:
    return zipfile.ZipFile(io.BytesIO(source_zip())).namelist()


def test_the_artefact_holds_the_groups_and_what_they_share_alone() -> None:
    assert {name.split("/")[0] for name in names()} == {"action_groups", "shared"}
    assert {Path(name).suffix for name in names()} == {".py"}


def test_the_artefact_holds_every_operation() -> None:
    operations = {p.as_posix() for p in Path("action_groups").glob("*/operations/*.py")}

    assert operations <= set(names())


def test_the_same_sources_make_the_same_artefact() -> None:
    assert source_zip() == source_zip()
