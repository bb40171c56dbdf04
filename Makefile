# Every task of the project; CI calls the same names. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
LOCAL := .venv-platform/bin/python
OLDER := .venv-platform-0.4/bin/python
PACKAGES := $(wildcard packages/*/pyproject.toml)
OLDEST := packages/sdk-engine packages/kaizen-client packages/knoxcall
export KNEO_SERV_PYTHON := $(CURDIR)/$(LOCAL)
export KNEO_SERV_0_4_PYTHON := $(CURDIR)/$(OLDER)

.PHONY: help
help:  ## list the tasks
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.uv: scripts/python.sh
	@sh scripts/python.sh
	@touch $@

.venv/.ready: .venv/.uv uv.lock pyproject.toml $(PACKAGES) scripts/setup.sh
	@sh scripts/setup.sh
	@touch $@

.venv-platform/.ready: .venv/.uv uv.lock packages/kneo-client/pyproject.toml scripts/platform.sh
	@sh scripts/platform.sh
	@touch $@

.venv-platform-0.4/.ready: .venv/.uv scripts/platform.sh scripts/platform-0.4.txt
	@sh scripts/platform.sh 0.4
	@touch $@

.venv-oldest/.ready: .venv/.ready scripts/oldest.sh scripts/oldest.txt
	@sh scripts/oldest.sh
	@touch $@

.venv-newest/.ready: .venv/.ready scripts/newest.sh
	@sh scripts/newest.sh
	@mkdir -p .venv-newest && touch $@

.PHONY: setup
setup: .venv/.ready .venv-platform/.ready .venv-platform-0.4/.ready  ## create the environments (tasks do it when needed)

.PHONY: demo
demo: .venv-platform/.ready  ## the main job on the embedded platform, start to end
	@$(LOCAL) -m kneo_client.examples.demo

.PHONY: test
test: setup  ## all tests, on the real platform where one is needed
	@$(BIN)/python -m pytest -n auto -q $(ARGS)

.PHONY: oldest
oldest: .venv-oldest/.ready  ## the tests of the packages that support it, on the oldest Python, 3.10
	@.venv-oldest/bin/python -m pytest $(OLDEST) -n auto -q -p no:cacheprovider $(ARGS)

.PHONY: check
check: lint coverage  ## everything that must hold: lint, then the tests with coverage

.PHONY: lint
lint: setup  ## style, types, layers, and the generated code against its pin
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy packages/*/src packages/*/tests/typing
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/python packages/kneo-client/tools/bump_schemas.py --check

.PHONY: coverage
coverage: setup  ## the tests with branch coverage; below 99 % fails
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n auto -q $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: faults
faults: setup .venv-newest/.ready  ## the long proofs: faults, exactly once, cancellation, bombs, soak (about an hour)
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: downstream
downstream: setup  ## kneo-dash and kneo-studio, unmodified, on our wheels: API, pages in Chromium, their own tests
	@$(BIN)/uv sync --quiet --frozen --all-packages --group downstream --inexact
	@$(BIN)/python -m tests.downstream $(ARGS)

.PHONY: bench
bench: setup  ## what calls cost, beside raw httpx and the published client; writes docs/dev/performance.md
	@$(BIN)/uv sync --quiet --frozen --all-packages --all-groups --inexact
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: fix
fix: setup  ## let the tools mend what they can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: generate
generate: setup  ## rebuild kneo_client/_generated from the newest pinned OpenAPI document
	@$(BIN)/python packages/kneo-client/tools/bump_schemas.py

.PHONY: wheels
wheels: setup  ## build every package into dist/
	@rm -rf dist
	@$(BIN)/uv build --quiet --all-packages --wheel --out-dir dist
	@ls dist

.PHONY: clean
clean:  ## remove environments and caches
	@rm -rf .venv .venv-platform .venv-platform-0.4 .venv-oldest .venv-downstream .cache dist .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
