"""The project's own files agree with each other."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
EXTRAS = PROJECT["optional-dependencies"]
NOT_OURS = {".git", ".venv", "_build", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache"}
MACHINE = re.compile(r"(?<![\w.:])/(home|root|Users|work|opt)/\w")


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    return {canonical(line.split("==")[0]): line.split("==")[1] for line in LOCK}


def unmet(requirements):
    """Return the requirements that the lock does not satisfy."""
    pins = locked()
    wanted = map(Requirement, requirements)
    return [
        str(r)
        for r in wanted
        if pins.get(canonical(r.name), "") not in r.specifier or canonical(r.name) not in pins
    ]


def texts():
    """Yield every text file of the project with its content."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not NOT_OURS & set(parts) and parts[:2] != ("data", "mnist"):
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_lock_is_plain():
    assert [line for line in LOCK if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_lock_satisfies_the_project():
    assert unmet(PROJECT["dependencies"]) == []
    assert unmet(EXTRAS["book"] + EXTRAS["test"] + EXTRAS["dev"]) == []


def test_lock_has_nothing_that_only_extra_checks_need():
    names = {canonical(Requirement(text).name) for text in EXTRAS["oracle"] + EXTRAS["browser"]}
    assert names & set(locked()) == set()


def test_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.M)
    assert citation["version"] == PROJECT["version"] == version("cnnbook") == released[0]


def test_toc_lists_every_page_in_the_order_of_the_folder():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = [toc["root"]] + [c["file"] for part in toc["parts"] for c in part["chapters"]]
    pages = [p for p in (ROOT / "chapters").rglob("*") if p.suffix in {".md", ".ipynb"}]
    on_disk = [
        p.relative_to(ROOT).with_suffix("").as_posix()
        for p in pages
        if ".ipynb_checkpoints" not in p.parts
    ]
    assert listed == sorted(on_disk)


def test_no_file_names_a_path_of_somebodys_machine():
    found = {path.name: match.group() for path, text in texts() if (match := MACHINE.search(text))}
    assert found == {}


def test_book_and_package_have_one_year_and_one_author():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f"Copyright (c) {config['copyright']} {config['author']}" in licence
    assert PROJECT["authors"] == [{"name": config["author"]}]
