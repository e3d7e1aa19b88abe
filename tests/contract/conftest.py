"""The artefact as it is deployed, made once a process."""

import importlib.metadata
import re
import shutil
from pathlib import Path

import pytest

from console import artefact
from console.artefact import (
    FUNCTIONS,
    prune,
)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artefact, made of the packages of this environment, which are those of the pins."""
    folder = tmp_path_factory.mktemp("artefact")
    pins = re.findall(r"^([\w.-]+)==", Path("requirements.txt").read_text(), re.MULTILINE)
    for name in pins:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(distribution.locate_file(file), folder / file)  # type: ignore[arg-type]
    prune(folder, FUNCTIONS)
    artefact.add_sources(folder, FUNCTIONS)
    return folder
