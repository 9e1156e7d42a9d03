# Bare `make` lists what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test bench soak lint setup-dev engine engines

BIN := .venv/bin
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# One more than there are processors: a third of the time of the tests is waiting for what they look for.
WORKERS ?= $(shell n=$(PROCESSORS); echo $$(( n < 2 ? 2 : n > 4 ? 5 : n + 1 )))

# The browser opens by itself where there is a screen; HEADLESS=true keeps it shut.
HEADLESS ?= $(if $(CI),true,$(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname -s)),false,true))

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-6s %s\n' "$$name" "$$text"; done

setup: .venv/.for-run ## make .venv with what the app needs (Python 3.11 or newer and pip are enough)

run: setup engine ## start the app with the embedded engine and open it in the browser
	@exec $(BIN)/streamlit run app.py --server.headless $(HEADLESS) --server.showEmailPrompt false

test: setup-dev engines lint ## everything that must hold: lint, types, import contracts, all tests but soak
	@tools/chromium.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not soak" $(TESTS)

lint: setup-dev ## ruff, format, strict types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev engines ## measure speed and memory (tests/bench)
	@for script in tests/bench/*.py; do \
	    [ -e "$$script" ] || { echo "No benchmarks yet."; break; }; \
	    echo "== $$script"; PYTHONPATH=. $(BIN)/python "$$script"; \
	done

soak: setup-dev engines ## the long runs: whole corpora, many kills, millions of rows
	$(BIN)/python -m pytest -m soak $(TESTS)

setup-dev: .venv/.for-dev

# The locks are installed once; a stamp says so. The development lock holds all of the other.
.venv/.for-run: requirements.lock
	@tools/setup.sh requirements.lock
	@touch $@

.venv/.for-dev: requirements-dev.lock requirements.lock
	@tools/setup.sh requirements-dev.lock
	@touch .venv/.for-run $@

# Without an engine the app still opens, says so, and works with AWS.
engine: setup
	@$(BIN)/python tools/fetch_engine.py dynoxide </dev/null || $(BIN)/python tools/fetch_engine.py ministack </dev/null || true

engines: setup-dev
	@$(BIN)/python tools/fetch_engine.py dynoxide ministack dynalite </dev/null
