# Two commands are enough: `make run` (opens the dashboard) and `make test`. Each does all its own set-up.
PYTHON ?= python3
BIN := .venv/bin
# A file goes whole to one worker, which builds its fixtures once; tests/conftest.py says which files start first.
PYTEST ?= -n auto --dist loadfile --no-loadscope-reorder

.PHONY: setup run test bench check

setup: .venv/.ready

# The stamp is rewritten only when the whole install succeeded: an interrupted set-up starts again.
.venv/.ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est nécessaire : installez-le, puis relancez avec PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

run: setup
	$(BIN)/streamlit run app.py

test: setup
	$(BIN)/python -m pytest $(PYTEST)

bench: setup
	$(BIN)/python -m tests.bench

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
