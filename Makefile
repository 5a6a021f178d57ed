# `make demo`, `make test`, `make docs`, `make bench`, `make pictures`. Each makes the virtual environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types unit audit bench docs pictures clean
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	$(BIN)/roundtable demo $(ARGS)

test: lint types unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot

types: $(VENV)/.dev
	$(BIN)/pyright

# One worker more than two cores: many tests wait for real processes.
# Compiled first: the tests start some fifty processes of the bot, and three of their own.
unit: $(VENV)/.dev
	$(BIN)/python -m compileall -q bot bench tests
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

# What of the documents is made from the code: the lists of commands and settings.
docs: $(VENV)/.dev
	$(BIN)/python -m tests.support.settings_page
	$(BIN)/python -m tests.support.command_list

# Whether an installed package has a known hole. Says so, and does not fail, where the service is out of reach.
audit: $(VENV)/.dev
	$(BIN)/python .ci/audit

# The four measurements at a size that ends in five minutes; figures and transcripts are left in build/bench.
# The first time a small model and AutoGen are installed (about 330 MB), which takes a minute or two more.
BENCH := build/bench

bench: $(VENV)/.dev
	mkdir -p $(BENCH)
	$(BIN)/python -m bench.overhead --quick --json $(BENCH)/overhead.json
	$(BIN)/python -m bench.load --quick --json $(BENCH)/load.json
	$(BIN)/python -m bench.prefix --quick --json $(BENCH)/prefix.json
	$(BIN)/python -m bench.quality.guards --seeds 1 --turns 6 --max-tokens 96 --only none --only all --dry 0.8 --dry 0 --keep $(BENCH) --json $(BENCH)/guards.json
	$(BIN)/python -m bench.quality $(BENCH)/guards-all-*.jsonl --json $(BENCH)/quality.json

# The pictures of docs/pictures, drawn from the demo's page (needs Chromium).
pictures: $(VENV)/.dev
	$(BIN)/python -m tests.demo.docs_pictures
	$(BIN)/python -m tests.demo.docs_moving_picture

$(VENV)/.demo: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(VENV)/.demo $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
