# `make run` opens the console, `make test` checks everything. Both set up what they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test fast lint bench recording fuzz wheel clean

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@echo "compiling the library for the first time ..."
	@$(BIN)/csbot --library . match 您好 > /dev/null
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

run: $(VENV)/.run
	@$(BIN)/csbot $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/csbot --library . lint
	$(BIN)/csbot --library . test
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

fast: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not slow"

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

recording: $(VENV)/.dev
	$(BIN)/python -m benchmarks.recording

fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable ".[fuzz]"
	$(BIN)/python -m tests.fuzz $(ARGS)

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build
