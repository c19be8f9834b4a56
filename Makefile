# Two commands: `make run` and `make test`. `make help` lists the rest.
# Nothing is assumed but a Python of 3.11 to 3.13 and make; nothing outside this folder is changed.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

PORT ?= 8000
export PORT

VENV_PYTHON := .venv/bin/python
PYTEST_WORKERS ?= auto
TIMES ?= 10

.PHONY: help run test setup setup-dev assets browser lint format proof explore bench lock wheelhouse clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: setup  ## Start Tidu on this machine (PORT=8000; DEMO=1 fills an empty database with a demo district)
	@$(VENV_PYTHON) tools/assets.py --optional
	@exec $(VENV_PYTHON) tools/serve.py

test: setup-dev assets browser lint  ## Run every test: rules, queries, pages, browser, accessibility
	@exec $(VENV_PYTHON) -m pytest -n $(PYTEST_WORKERS) --dist worksteal

setup:  ## Make .venv and install what the application needs
	@sh tools/setup.sh runtime

setup-dev:  ## The same, and what tests and linters need
	@sh tools/setup.sh dev

assets: setup  ## Bring and bundle the front-end files into static/dist/
	@$(VENV_PYTHON) tools/assets.py

browser: setup-dev  ## Find Chromium for the browser tests, or install it (root on Debian)
	@sh tools/browser.sh

lint: setup-dev  ## Check style and types (ruff, mypy)
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup-dev  ## Lay the code out as lint wants it
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

proof: setup-dev assets browser  ## Run the long checks: kills, fuzzing, full sizes
	@exec $(VENV_PYTHON) -m pytest -m proof -n $(PYTEST_WORKERS) --dist worksteal

explore: setup-dev  ## Try the laws on new random cases (TIMES=10: ten times as many as the proof)
	@exec env TIDU_EXPLORE=$(TIMES) $(VENV_PYTHON) -m pytest -m hypothesis -n $(PYTEST_WORKERS) --dist worksteal

bench: setup-dev assets  ## Measure pages and imports beside the raw limit
	@exec $(VENV_PYTHON) -m tests.benchmarks

lock: setup-dev  ## Renew requirements*.txt and package-lock.json within the ranges
	@sh tools/lock.sh

wheelhouse: setup assets  ## Gather everything a machine without internet needs into wheelhouse/
	@$(VENV_PYTHON) tools/wheelhouse.py

clean:  ## Remove what was made; instance/ with its data stays
	rm -rf .venv node_modules static/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
