"""The appendix of claims: each row points at a page that treats it, and each card has its row."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
from pages.claim_list import read_claims, where  # noqa: E402

ROWS = read_claims(ROOT / "chapters" / "9-appendices" / "claims.yml")
CARD = re.compile(r"```\{claim\}[^\n]*\n:source: \{cite:\w+\}`(\w+)`\n:verdict: ([\w-]+)")


def source_of(page):
    notebook = nbformat.read(ROOT / f"{page}.ipynb", as_version=4)
    names = [
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in notebook.cells
    ]
    return "\n".join([cell.source for cell in notebook.cells] + [f"({name})" for name in names])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['item']}-{row['anchor']}")
def test_row_points_at_a_label_of_its_page(row):
    assert f"({row['anchor']})" in source_of(row["page"])


def test_claims_stand_once():
    """One item of a source can hold several claims."""
    claims = [(row["item"], row["statement"]) for row in ROWS]
    assert len(claims) == len(set(claims))


def test_rows_of_one_item_lead_to_places_of_their_own():
    places = [(row["item"], row["page"], row["anchor"]) for row in ROWS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("chapters/*/*.ipynb")), ids=lambda path: path.stem
)
def test_every_card_has_a_row(path):
    page = path.relative_to(ROOT).with_suffix("").as_posix()
    listed = {(row["source"], row["verdict"]) for row in ROWS}  # one claim, on several pages
    assert set(CARD.findall(source_of(page))) <= listed


def test_a_row_that_is_not_whole_is_refused(tmp_path):
    path = tmp_path / "claims.yml"
    path.write_text("- {item: M1, statement: x}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="a claim has"):
        read_claims(path)


def test_labels_get_the_reference_of_their_kind():
    assert where("eq-a") == "{eq}`eq-a`"
    assert where("fig-a") == "{numref}`fig-a`"
    assert where("claim-a") == "{ref}`there <claim-a>`"
