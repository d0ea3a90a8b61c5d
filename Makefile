# One entrance: `make demo` and `make test` do all the set-up they need, into .venv and node_modules.
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test lint types floors fast slow pages docs lock messages benchmark clean

PYTHON ?= python3
BIN := .venv/bin
LOCALE := src/riskloop/web/locale
# Two processes, each with a half that stands together; who is done first takes over from the other.
BOTH := -n 2 --dist worksteal
# Everything the tests spoil stays in a home of its own (tests/settings.py).
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready node_modules/.ready $(LOCALE)/zh_Hans/LC_MESSAGES/django.mo ## .venv, node_modules, translations

.venv/.ready: requirements.lock pyproject.toml
	@echo "[setup] Python packages into .venv (two minutes; PySpark is large)"
	@$(PYTHON) -c 'import sys; sys.exit("riskloop needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv || { echo "[setup] $(PYTHON) cannot make a virtual environment: on Debian, apt install python3-venv" >&2; exit 1; }
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.ready: package-lock.json
	@echo "[setup] the pages' libraries into node_modules"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

%.mo: %.po .venv/.ready
	@$(BIN)/pybabel -q compile -i $< -o $@

browser: ## Chromium and a CJK font for the page tests; on Debian as root by apt
	@if ! [ -x /usr/bin/chromium ] || ! [ -d /usr/share/fonts/opentype/noto ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "[setup] Chromium and a CJK font by apt"; \
	    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	  else echo "[setup] no /usr/bin/chromium: the page tests will be skipped"; fi; fi

demo: setup ## from a fresh clone to a bank under supervision in the browser
	@$(BIN)/riskloop demo

test: setup browser lint types floors fast slow pages ## everything that must hold

lint: setup
	@echo "[test] style"
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .

types: setup
	@echo "[test] types"
	@$(BIN)/pyright --warnings

floors: setup
	@echo "[test] floors"
	@$(BIN)/lint-imports --no-logo

fast: setup ## the default tests, between one and two minutes
	@echo "[test] fast"
	@$(BIN)/pytest $(BOTH) --ignore=tests/slow --ignore=tests/browser

slow: setup ## whole banks, killed processes, a Spark cluster (Java 17)
	@echo "[test] slow"
	@$(BIN)/pytest $(BOTH) tests/slow

pages: setup browser ## the pages in a real browser
	@echo "[test] pages"
	@$(BIN)/pytest -v $(BOTH) tests/browser

docs: setup ## write the generated documents anew
	@$(BIN)/python -m riskloop.models.document
	@$(BIN)/python -m riskloop.organisation.document docs
	@$(BIN)/python -m riskloop.web.api_schema
	@$(BIN)/python -m riskloop.web.states_document
	@$(BIN)/typer riskloop.cli utils docs --name riskloop --title "The command line" --output docs/commands.md

messages: setup ## compile the translations
	@$(BIN)/pybabel -q compile -i $(LOCALE)/zh_Hans/LC_MESSAGES/django.po -o $(LOCALE)/zh_Hans/LC_MESSAGES/django.mo

lock: ## compile requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --all-extras pyproject.toml -o requirements.lock

benchmark: setup ## the measured table of docs/benchmarks.md; see benchmarks/README.md
	@$(BIN)/python benchmarks/run.py

clean: ## forget .venv, node_modules and the demo bank
	@rm -rf .venv node_modules .riskloop test-results
