# Each target calls ordinary commands that a person may type.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PY := .venv/bin/python
PORT ?= 8000
export UV_PYTHON_DOWNLOADS = never
SYNC = VIRTUAL_ENV=.venv .venv/bin/uv pip sync --quiet --require-hashes requirements-uv.lock

.PHONY: help run test check bench messages lock
help: ## What can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

.venv/bin/uv: requirements-uv.lock
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	touch .venv/bin/uv

# The development set holds the run-time set: whoever has it keeps it.
.venv/.run: requirements.lock .venv/bin/uv
	test -e .venv/.dev || $(SYNC) requirements.lock
	touch .venv/.run

.venv/.dev: requirements-dev.lock requirements.lock .venv/bin/uv
	$(SYNC) requirements-dev.lock
	touch .venv/.dev .venv/.run

run: .venv/.run ## Start everything on http://127.0.0.1:8000 (PORT changes it); Ctrl-C stops it
	exec $(PY) manage.py up --port $(PORT)

test: .venv/.dev ## The whole suite, on real servers and a real browser
	$(PY) -m pytest -n 2

check: .venv/.dev ## Style, types, layers, templates, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m config.translations

bench: .venv/.dev ## Speed and memory, as ratios to a floor measured in the same run
	$(PY) -m tests.benchmarks

messages: .venv/.dev ## Collect the French texts and compile the English catalogue
	$(PY) manage.py makemessages -l en --no-obsolete --add-location file -i .venv -i var -i tests
	$(PY) manage.py compilemessages -l en -i .venv -i var

lock: .venv/bin/uv ## Resolve the dependencies again
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra embedded pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -c requirements.lock pyproject.toml -o requirements-prod.lock
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra embedded --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	echo uv | .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate - -o requirements-uv.lock
