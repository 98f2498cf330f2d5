# ShowCore. `make help` lists the targets; each works on a fresh clone with Python 3.11 or newer, make and git.
SHELL      := /bin/bash
PYTHON     ?= python3
VENV       := .venv
BIN        := $(VENV)/bin
RUN_LOCK   := .ci/requirements/run.lock
TEST_LOCK  := .ci/requirements/test.lock
PIP        := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
ENV        ?= production

.DEFAULT_GOAL := help
.PHONY: help templates lint types test check docs coverage-of-plan fault-matrix benchmarks rehearse deploy dist lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment is stamped with the lock file's own bytes: nothing is installed again until they change.
$(VENV)/run.stamp: $(RUN_LOCK)
	@cmp -s $(RUN_LOCK) $@ 2>/dev/null && [ -x $(BIN)/showcore ] && touch $@ || { \
	  [ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) && \
	  $(PIP) --require-hashes --only-binary :all: -r $(RUN_LOCK) && \
	  $(PIP) --no-deps --no-build-isolation --editable . && cp $(RUN_LOCK) $@; }

$(VENV)/test.stamp: $(VENV)/run.stamp $(TEST_LOCK)
	@cmp -s $(TEST_LOCK) $@ 2>/dev/null && touch $@ || { \
	  $(PIP) --require-hashes --only-binary :all: -r $(TEST_LOCK) && cp $(TEST_LOCK) $@; }

templates: $(VENV)/run.stamp  ## write templates/ from the code, then lint and check them
	@$(BIN)/python -c 'from showcore_cfn import unchanged; unchanged.answer_make()' || $(BIN)/showcore templates

lint: $(VENV)/test.stamp  ## ruff over the code, cfn-lint and the plan's rules over templates/
	@$(BIN)/ruff check --config .ci/ruff.toml . && $(BIN)/ruff format --config .ci/ruff.toml --check .
	@$(BIN)/showcore validate templates --plan-rules

types: $(VENV)/test.stamp  ## mypy, strict
	@$(BIN)/mypy

test: $(VENV)/test.stamp  ## all tests, with branch coverage
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term --cov-fail-under=85

check: lint types test  ## all that a commit must pass: lint, types, tests, nothing generated that is stale
	@$(BIN)/showcore templates --check
	@$(BIN)/python .ci/coverage_of_plan.py --check
	@$(BIN)/python .ci/generated_docs.py --check

docs: $(VENV)/run.stamp  ## write what docs/ and README.md take from the code
	@$(BIN)/python .ci/generated_docs.py

fault-matrix: $(VENV)/test.stamp  ## every call of five operations, met by every fault and by a kill, as a table
	@$(BIN)/python -m tests.deploy.faults

benchmarks: $(VENV)/test.stamp  ## how fast it is, beside its peers, as one table of ratios; many minutes
	@$(BIN)/python -m benchmarks

coverage-of-plan: $(VENV)/run.stamp  ## what answers each task of the plan: templates, tests, commands, deviations
	@$(BIN)/python .ci/coverage_of_plan.py

rehearse: $(VENV)/run.stamp  ## the whole deployment on an AWS embedded in this machine; no account needed
	@$(BIN)/showcore rehearse

deploy: $(VENV)/run.stamp  ## showcore deploy, for ENV=production or another environment of showcore.toml
	@$(BIN)/showcore deploy --env $(ENV)

dist: $(VENV)/run.stamp  ## a wheel in dist/ that works outside this clone
	@rm -rf build && $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	    --wheel-dir dist . && rm -rf build *.egg-info

lock:  ## resolve the lock files anew (needs uv)
	@cd .ci/requirements && for set in run:run.lock test:test.lock \
	    rehearsal:../../showcore_cfn/rehearse/rehearsal.lock; do \
	  uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	    --only-binary :all: $${set%%:*}.in --output-file $${set#*:}; done

clean:  ## remove the environment and every cache; templates/ stays
	@rm -rf $(VENV) .cache build dist *.egg-info
