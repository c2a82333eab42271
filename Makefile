# The book's commands. `make` alone lists them.

PYTHON ?= python3
NOTEBOOK ?= $(wildcard chapters/*.ipynb chapters/*/*.ipynb)
WORKERS ?= 2
PORT ?= 8000

ifeq ($(OS),Windows_NT)
    BIN := .venv/Scripts
else
    BIN := .venv/bin
endif
PY := $(BIN)/python
READY := .venv/ready

# The book's public home, owner/name on GitHub. Empty: no launch buttons, no repository links.
export CNNBOOK_REPOSITORY ?=

# Notebooks run on one thread, without progress bars, and without the user's own settings for
# Matplotlib and IPython. Each can be set from outside, to imitate another machine.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export TQDM_DISABLE ?= 1
export MPLCONFIGDIR ?= $(CURDIR)/.venv/matplotlib
export IPYTHONDIR ?= $(CURDIR)/.venv/ipython

.PHONY: help book test serve execute lint bench clean

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	    { echo "The book needs Python 3.11, 3.12 or 3.13; name one with PYTHON=, as in: make book PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(PY) -c 'import matplotlib.font_manager'
	@echo ready > $(READY)

# Always all pages: Sphinx repeats no warning about a page that it does not read again.
book: $(READY)  ## render the book into _build/html
	$(BIN)/jupyter-book build . --all -q -W -n --keep-going
	@echo "The book lies in $(CURDIR)/_build/html/index.html"

test: book  ## run every check that needs only the package index
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --nbval --nbval-current-env -m "not browser" tests chapters

serve: book  ## render the book and serve it on this machine
	$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

execute: $(READY)  ## run the notebooks again and store their outputs (one: NOTEBOOK=path)
	$(PY) tools/execute.py $(NOTEBOOK)

lint: $(READY)  ## check style and format of code and notebooks, and the limits of the pages
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	$(PY) tools/page_report.py

bench: $(READY)  ## measure the package's speed on this machine
	$(PY) tools/benchmark

clean:  ## remove the environment and everything built
	rm -rf .venv _build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find cnnbook tests tools chapters -name __pycache__ -prune -exec rm -rf {} +
