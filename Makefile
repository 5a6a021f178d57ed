# `make demo`, `make test`, `make docs`, `make bench`, `make pictures`; for a release `make constraints`, `make base-digest`,
# `make image`, `make sbom`. Each makes the virtual environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := deploy/constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS)
IMAGE ?= roundtable

# What was compiled is kept, whatever the shell says of that: each worker of the tests loads all of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test lint types unit lint-deploy wheel pythons audit bench docs pictures constraints unpinned image sbom base-digest clean
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	$(BIN)/roundtable demo $(ARGS)

test: lint lint-deploy types unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot

# What a host starts it with, and what decides on a change.
lint-deploy: $(VENV)/.dev
	$(BIN)/python -m tests.deploy.lint

types: $(VENV)/.dev
	$(BIN)/pyright

# One worker more than two cores: many tests wait for real processes.
# Compiled first: the tests start dozens of processes, and three of their own.
unit: $(VENV)/.dev
	$(BIN)/python -m compileall -q bot bench tests
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

# The wheel, installed on each Python of 3.11 to 3.13 that is here into an empty folder and tried there; then the quick
# layers of the tests on those Pythons.
wheel: $(VENV)/.dev
	rm -rf build/wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .

pythons: wheel
	$(BIN)/python -m tests.deploy.each_python build/wheel/*.whl

# What of the documents is made from the code: the lists of commands and settings.
docs: $(VENV)/.dev
	$(BIN)/python -m tests.support.settings_page
	$(BIN)/python -m tests.support.command_list

RESOLVE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras

# What is installed everywhere, at one version each, for all extras and Pythons together. What is pinned stays as it is
# where it fits; ARGS=--upgrade takes what is new.
constraints: $(VENV)/.dev
	$(RESOLVE) --no-annotate --no-header --output-file $(CONSTRAINTS) $(ARGS) pyproject.toml

# Whether the ranges of pyproject.toml still find versions that go together, without the constraints. Installs nothing.
unpinned: $(VENV)/.dev
	$(RESOLVE) pyproject.toml > /dev/null

# The image, with what version it is written on it.
image: $(VENV)/.dev
	docker build --file deploy/Dockerfile --tag $(IMAGE) \
	  --build-arg VERSION=$$($(BIN)/python -c 'import bot; print(bot.__version__)') \
	  --build-arg REVISION=$$(git rev-parse HEAD) $(ARGS) .

# What is in the image, as CycloneDX JSON.
sbom:
	mkdir -p build
	docker run --rm --entrypoint cat $(IMAGE) /usr/share/doc/roundtable/sbom.cdx.json > build/sbom.cdx.json

# Writes the present digest of the base image into the Dockerfile.
base-digest:
	deploy/base-digest.sh

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
	$(BIN)/python -m tests.demo.docs_format_pictures
	$(BIN)/python -m tests.demo.docs_moving_picture

$(VENV)/.demo: pyproject.toml $(CONSTRAINTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml $(CONSTRAINTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable '.[dev]'
	touch $(VENV)/.demo $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
