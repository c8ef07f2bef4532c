PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench

demo: .venv/demo.stamp
	$(BIN)/mingzhang demo --port $(PORT)

test: .venv/test.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.contract.translations

bench: .venv/test.stamp
	$(BIN)/python -m tests.benchmarks

.venv/bin/python:
	$(PYTHON) .ci/make_venv.py

.venv/demo.stamp: .venv/bin/python pyproject.toml
	$(INSTALL) -e .
	touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml
	$(INSTALL) -e '.[postgres,test]'
	touch $@ .venv/demo.stamp
