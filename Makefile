# Two commands do all set-up: `make demo` and `make test`. Only Python 3.11 or newer and make are needed.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
NAME ?= hop
# Tests run on every core, up to four; a file's tests stay together, and tests/conftest.py says which files go first.
# SPREAD= runs them in one process.
SPREAD ?= --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: demo test check bench lock clean

demo: .venv/run
	$(BIN)/gateway demo $(ARGS)

test: .venv/dev chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(SPREAD) $(ARGS)

check: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(SPREAD) -m "not slow" -q -x $(ARGS)

# The duplicates are measured beside a library that nothing else needs: in an environment of their own.
BENCH := $(if $(filter duplicates,$(NAME)),.venv-duplicates,.venv)
bench: $(BENCH)/dev
	$(BENCH)/bin/python bench/$(NAME).py $(ARGS)

.venv-duplicates/dev: bench/duplicates-requirements.txt
	test -x .venv-duplicates/bin/python || $(PYTHON) -m venv .venv-duplicates
	.venv-duplicates/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The pages are tried in a real Chromium. Where it is lacking and we may, Debian's package is installed.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	 { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; } || \
	 { echo "make test needs Chromium: install the package 'chromium' and run it again" >&2; exit 1; }

.venv/run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Pins every dependency with its hashes and without an index address (needs `uv`).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --upgrade \
	  --extra demo --extra import --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  --extra demo --extra import -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .venv-duplicates var build dist *.egg-info
