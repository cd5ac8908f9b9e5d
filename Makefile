# Each target calls ordinary commands that a person may type.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
PY := .venv/bin/python
PORT ?= 8000
export UV_PYTHON_DOWNLOADS = never

.PHONY: help run test check bench messages lock run-set dev-set
help: ## What can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: run-set ## Start everything on http://127.0.0.1:8000 (PORT changes it); Ctrl-C stops it
	@exec $(PY) manage.py up --port $(PORT)

test: dev-set ## The whole suite, on real servers and a real browser
	$(PY) -m pytest -n 2

check: dev-set ## Style, types, layers, templates, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m config.translations

bench: dev-set ## Speed and memory, as ratios to a floor measured in the same run
	$(PY) -m tests.benchmarks

messages: dev-set ## Collect the texts of the site and compile the English catalogue
	$(PY) manage.py makemessages -l en --no-obsolete --add-location file -i .venv -i var -i tests
	$(PY) manage.py compilemessages -l en -i .venv -i var

# --- Dependencies -------------------------------------------------------------------------------------------
# The development set holds the run-time set: where it was asked for once, both targets keep it.
run-set: .venv/bin/uv
	@$(call sync,$(if $(wildcard .venv/development),requirements-dev.lock,requirements.lock))

dev-set: .venv/bin/uv
	@$(call sync,requirements-dev.lock)
	@touch .venv/development

# Nothing to do while the lock file is the one that was installed.
sync = cmp -s $(1) .venv/installed.lock || { echo "Installing $(1)"; rm -f .venv/installed.lock; \
	VIRTUAL_ENV=.venv .venv/bin/uv pip sync --quiet --require-hashes $(1) requirements-uv.lock; \
	cp $(1) .venv/installed.lock; }

.venv/bin/uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch .venv/bin/uv

LOCK = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate
lock: .venv/bin/uv ## Resolve the dependencies of pyproject.toml again, with their hashes
	$(LOCK) --upgrade --extra embedded pyproject.toml --output-file requirements.lock
	$(LOCK) --upgrade --constraint requirements.lock pyproject.toml --output-file requirements-prod.lock
	$(LOCK) --upgrade --constraint requirements.lock --extra embedded --group dev pyproject.toml --output-file requirements-dev.lock
	echo uv | $(LOCK) --upgrade --python-version 3.11 - --output-file requirements-uv.lock
