# The words everybody uses: people, the pre-commit hook and CI.
# Each target does all of its own set-up; on a prepared machine the set-up costs nothing.

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Test files at a time, the slow ones first. Most wait for telephones: more than there are cores pays.
JOBS ?= 3

.DEFAULT_GOAL := help
.PHONY: help packages test-packages setup demo run test unit faults check format bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages:
	@testbed/install-packages demo

test-packages:
	@testbed/install-packages test

$(READY): requirements/dev.lock pyproject.toml
	@echo "python: building the environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: packages $(READY) ## Install what is missing: system packages, Python environment

demo: setup ## Show the whole system with simulated calls, then stay up (ONCE=1: end by itself)
	@$(BIN)/python -m testbed.demo $(if $(ONCE),--once)

run: setup ## Run the system for real softphones (addresses: docs/how-to/connect-telephones.md)
	@$(BIN)/python -m testbed.run

test: test-packages $(READY) check ## Everything CI runs: checks, then all tests, with real Asterisk and broker
	@$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(ARGS)

unit: $(READY) ## Only the fast tests
	@$(BIN)/pytest tests/unit $(ARGS)

faults: test-packages $(READY) ## Let parts of the system die under real calls (SEED=7 ROUNDS=100 ONLY=app,broker)
	@$(BIN)/python -m testbed.faults $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	    $(if $(ONLY),--only $(ONLY)) $(ARGS)

check: $(READY) ## Format, lint, types, layers
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(READY) ## Format the code
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench: test-packages $(READY) ## Measure, against Asterisk's own queue (ONLY=dispatch,answer QUICK=1 STRICT=1 STORE=1)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick) \
	    $(if $(STRICT),--strict) $(if $(STORE),--store) $(ARGS)

lock: $(READY) ## Lock the newest versions that pyproject.toml allows
	@$(BIN)/pip install --quiet uv
	@for set in runtime: dev:--group=dev; do \
	    $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	        --no-header --no-emit-find-links --no-emit-index-url --extra plots --extra postgresql $${set#*:} \
	        pyproject.toml --output-file requirements/$${set%%:*}.lock; \
	done

clean: ## Remove what was built here
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
