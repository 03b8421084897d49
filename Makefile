# Two commands are enough: `make serve` and `make test`. Both set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ANNOUNCE := echo "Building index and site (the first time takes a few minutes) ..."

.PHONY: help serve build test check audit fuzz format bench screenshots install clean

help:  ## What can be done
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: install  ## Build, then serve site and API on http://127.0.0.1:8000
	@$(ANNOUNCE)
	@$(BIN)/kb build || echo "Serving what there is."
	@$(BIN)/kb serve

build: install  ## Build index and site; quick when little has changed
	@$(ANNOUNCE)
	@$(BIN)/kb build

test: check  ## Every check and test, browser tests included
	@$(BIN)/pytest --numprocesses 2 --dist loadfile

check: install  ## Lint, format, strict types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: install  ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

audit: install  ## Known weaknesses of the dependencies (asks the database of PyPI: needs the network)
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict --progress-spinner off

fuzz: install  ## Throw what nobody would write at front matter and Markdown, for five minutes
	@$(BIN)/python -m benchmarks.fuzz

bench: install  ## Measure speed, compare with the committed baseline
	@$(BIN)/python -m benchmarks

screenshots: build  ## Take the pictures of docs/screenshots anew
	@$(BIN)/python -m benchmarks.screenshots

install: $(READY)  ## Set up .venv with pinned dependencies

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 ..."; exit 1; }
	@echo "Setting up $(VENV) (about 1 GB, a few minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[build,dev]'
	@touch $@

clean:  ## Remove everything that can be made again
	rm -rf $(VENV) .cache index/[0-9]* index/current site/en site/es site/assets site/pagefind site/*.html site/*.xml site/*.txt
