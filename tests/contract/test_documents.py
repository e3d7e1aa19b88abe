"""The documents tell the truth: links lead somewhere, commands exist, both READMEs say the same."""

import re
from pathlib import Path

import pytest

from console import cli
from console.template import expanded_template, load_gateway_template
from scripts import dev

READMES = ["README.md", "README.es.md"]
DOCUMENTS = sorted(
    str(path) for folder in (".", "docs", "events") for path in Path(folder).glob("*.md")
)

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*")
CENTLI = re.compile(r"(?:^ *|[`/]|dev\.py )centli ([a-z][a-z-]*)([^\n`#]*)", re.MULTILINE)
DEPLOYED = re.compile(r"(?<![\w.-])centli(-[a-z]+(?:-[a-z]+)*)(?![\w.-])")
DEVELOPER = re.compile(r"python3 scripts/dev\.py ([a-z]+)")


def prose(text: str) -> str:
    return INDENTED.sub("", FENCED.sub("", text))


def code(text: str) -> str:
    """Return all that a document shows as code, without the comments of commands."""
    blocks = FENCED.findall(text) + INDENTED.findall(FENCED.sub("", text))
    return "\n".join(re.sub(r" +# .*", "", block) for block in blocks)


def anchors(path: Path) -> set[str]:
    """Return the anchors that a hosting platform makes of the headings."""
    titles = (title for _, title in HEADING.findall(FENCED.sub("", path.read_text())))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path) -> list[str]:
    broken = []
    for link in LINK.findall(prose(path.read_text())):
        target, _, anchor = link.partition("#")
        if target.startswith(("http:", "https:")):
            continue
        file = path.parent / target if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)
    return broken


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Return the `centli` commands that a document names, each with its options."""
    joined = (
        code(text).replace("\\\n", " ")
        + "\n"
        + "\n".join(f"`{c}`" for c in INLINE.findall(prose(text)))
    )
    return [
        (name, re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rest))
        for name, rest in CENTLI.findall(joined)
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_to_a_file_and_a_heading(document: str) -> None:
    assert broken_links(Path(document)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One title\n[a](page.md#one-title) [b](page.md#two) [c](gone.md)\n")

    assert broken_links(page) == ["page.md#two", "gone.md"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_in_the_text_exists(document: str) -> None:
    tops = {entry.name for entry in Path().iterdir() if entry.is_dir()}
    text = prose(Path(document).read_text())
    named = [
        re.sub(r"<\w+>", "*", name)
        for name in INLINE.findall(re.sub("^New file `.+`:$", "", text, flags=re.MULTILINE))
        if name.split("/")[0] in tops and "/" in name and " " not in name
    ]

    assert [name for name in named if not list(Path().glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_named_exists_with_its_options(
    document: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, options in commands(Path(document).read_text()):
        assert cli.main([name, "--help"]) == 0, f"centli {name}"
        assert set(options) <= set(re.findall(r"--?[a-z][a-z-]*", capsys.readouterr().out)), name


def test_a_command_is_read_with_its_options_on_the_next_line() -> None:
    text = "Say `centli seed --aws` or\n\n    centli send X a=1 \\\n        --times 3   # thrice\n"

    assert commands(text) == [("send", ["--times"]), ("seed", ["--aws"])]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_developer_command_named_exists(document: str) -> None:
    named = set(DEVELOPER.findall(Path(document).read_text()))

    assert named <= set(DEVELOPER.findall(dev.__doc__ or ""))


@pytest.mark.parametrize("document", sorted({*DOCUMENTS} - {"docs/extending.md"}))
def test_every_deployed_name_in_the_text_is_one_of_the_templates(document: str) -> None:
    templates = f"{expanded_template()}{load_gateway_template()}"
    deployed = set(re.findall(r"\$\{NamePrefix\}(-[a-z-]+)", templates))
    deployed |= {f"-{name}" for name in re.findall(r"'Name': '([a-z-]+)'", templates)}

    assert "-event-relay" in deployed
    assert set(DEPLOYED.findall(Path(document).read_text())) <= deployed


def test_both_readmes_have_the_same_headings_links_commands_and_tables() -> None:
    english, spanish = (Path(name).read_text() for name in READMES)

    assert code(english) == code(spanish)
    for part in (english, spanish):
        assert len(part) > 1000
    levels = [[len(mark) for mark, _ in HEADING.findall(prose(t))] for t in (english, spanish)]
    assert levels[0] == levels[1]
    links, names = (
        [sorted(pattern.findall(prose(text))) for text in (english, spanish)]
        for pattern in (LINK, INLINE)
    )
    assert [link.replace("README.es.md", "README.md") for link in links[0]] == links[1]
    assert names[0] == names[1]


def tree(page: str) -> set[str]:
    return set(re.findall(r"^([\w./<>-]+/) +\S", FENCED.findall(page)[0], re.MULTILINE))


def folders(top: Path) -> set[str]:
    """Return the top-level folders that are kept, and the packages outside of the groups."""
    ignored = [".git", *(line.rstrip("/") for line in Path(".gitignore").read_text().split())]
    tops = {
        entry.name
        for entry in top.iterdir()
        if entry.is_dir() and not any(entry.match(pattern) for pattern in ignored)
    }
    packages = {
        file.parent.relative_to(top) for name in tops for file in (top / name).rglob("__init__.py")
    }
    groups = Path("action_groups")
    return {f"{name}/" for name in tops} | {
        f"{package}/" for package in packages if groups not in package.parents
    }


def test_the_tree_of_the_contributors_page_has_every_folder_and_package() -> None:
    shown = tree(Path("CONTRIBUTING.md").read_text())
    of_groups = {name for name in shown if name.startswith("action_groups/<group>/")}

    assert shown - of_groups == folders(Path())
    for name in of_groups:
        for group in Path("action_groups").glob("*/__init__.py"):
            assert Path(name.replace("<group>", group.parent.name)).is_dir()


def test_a_folder_that_is_not_in_the_tree_is_found(tmp_path: Path) -> None:
    for name in ("lending/rates/__init__.py", "action_groups/loyalty/__init__.py", ".venv/a"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()

    assert folders(tmp_path) == {"lending/", "lending/rates/", "action_groups/"}
