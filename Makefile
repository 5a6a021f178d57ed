# Two commands: `make demo` and `make test`. Both make the virtual environment they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types unit audit clean
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
unit: $(VENV)/.dev
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

# Whether an installed package has a known hole. Says so, and does not fail, where the service is out of reach.
audit: $(VENV)/.dev
	$(BIN)/python .ci/audit

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
