"""The file of stored tables: one for each processor, the median run with the spread of all runs."""

import json

from comparisons import STEP

PROCESSOR = ("processor", "model")  # what tells one processor from another


def median_run(runs, case=STEP, against="PyTorch"):
    """Of the tables of several runs the one in the middle, with all runs' ratios in each row.

    In the middle of their ratios in one case; of an even number, the slower one of the two.
    """
    ratios = [{key(row): middle(row) for row in run["rows"] if "ratio" in row} for run in runs]
    ordered = sorted(range(len(runs)), key=lambda place: ratios[place].get((case, against), 0))
    table = runs[ordered[len(runs) // 2]]
    rows = [
        row | {"runs": sorted(of_run[key(row)] for of_run in ratios)} if "ratio" in row else row
        for row in table["rows"]
    ]
    return table | {"rows": rows}


def missed_bars(rows):
    """A sentence for each row whose ratio, the median of all runs, is larger than asked for."""
    for row in rows:
        bar = row.get("bar")
        if bar is None or "ratio" not in row:
            continue
        found = median(row["runs"])
        if found > bar:
            measure = row.get("against", "what is in proportion")
            yield (
                f"{row['case']}: {found:.2f} of {measure}, where at most {bar:.2f} is asked for."
            )


def replaced(tables, table):
    """The tables with a new one in the place of that of its own processor, or at the end."""
    others = [old for old in tables if not same_processor(old["machine"], table["machine"])]
    return sorted([*others, table], key=lambda each: each["machine"]["processor"])


def same_processor(one, other):
    """Whether two machines agree in all that both tell of their processor."""
    return all(one[name] == other[name] for name in PROCESSOR if name in one and name in other)


def store(path, table):
    tables = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    path.write_text(json.dumps(replaced(tables, table), indent=1) + "\n", encoding="utf-8")


def key(row):
    return row["case"], row.get("against")


def middle(row):
    return row["ratio"][1]


def median(numbers):
    return sorted(numbers)[len(numbers) // 2]
