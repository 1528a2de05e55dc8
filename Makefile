# `make` alone says what there is to type. Needs GNU make and a Python of at least 3.11; everything else goes into .venv.
# `sam build` uses this file too: see build-VoiceFunction and the others at the end.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
ARGS ?=
ENV ?= prod

# SAM and checkov pin what contradicts our own pins and each other's: each lives alone, and is installed by the first target that needs it.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SAM_READY := $(VENV)/sam/.ready
CHECKOV_READY := $(VENV)/checkov/.ready
BROWSER_READY := $(VENV)/.browser
AUDIT_READY := $(VENV)/.audit
SAM := SAM_CLI_TELEMETRY=0 $(VENV)/sam/bin/sam
# Not its script, whose first line can't name a path with a space.
CHECKOV := $(VENV)/checkov/bin/python -m checkov.main
# A shell that exported a PYTHONPATH of its own, or another Python's home, would mix the environments.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.PHONY: help run call test test-all bench check check-code check-calls check-template build sbom audit deploy check-environment account lock clean build-VoiceFunction build-ReputationFunction \
  build-RedeliverFunction build-WatchFunction build-FollowUpFunction build-DeskFunction

help: ## say what there is
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

run: $(READY) ## start it all on this machine: PORT=8080 HOST=127.0.0.1
	@$(BIN)/ivr run --host '$(HOST)' --port '$(PORT)'

call: $(READY) ## ring a line of the running stack: FROM=+1303... TO=+1202... KEYS="check 9 1 2" (without KEYS, you press them). A call script: ARGS="--script FILE"
	@$(BIN)/ivr call $(if $(FROM),--from '$(FROM)') $(if $(TO),--to '$(TO)') $(if $(filter undefined,$(origin KEYS)),,--keys '$(KEYS)') $(ARGS)

# By scope: what a module or class sets up for all of its tests is then set up in one process, once.
PYTEST = $(BIN)/python -m pytest -n auto --dist loadscope

test: $(READY) ## run the quick tests, some 90 seconds on two processors. Or those that you name, slow ones too: ARGS="-k report"
	@$(PYTEST) $(if $(ARGS),,-m 'not slow') $(ARGS)

test-all: $(READY) $(BROWSER_READY) $(AUDIT_READY) ## run all tests, the slow ones too, and fail where too few lines are reached: some twenty minutes
	@$(PYTEST) --cov --cov-branch --cov-report=term

bench: $(READY) ## measure what each step of a call costs, beside the same call by others; an error where an aim is missed: ARGS="--quick --json FILE"
	@$(BIN)/python -m tests.bench $(ARGS)

check: check-code check-calls check-template ## lint, format, types, walls between modules, prompts, template

check-code: $(READY)
	@echo "ruff"; $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "mypy"; $(BIN)/mypy --no-error-summary
	@echo "import-linter"; $(BIN)/lint-imports

check-calls: $(READY)
	@echo "prompts"; $(BIN)/ivr prompts check

check-template: $(READY) $(SAM_READY) $(CHECKOV_READY)
	@echo "alarms"; $(BIN)/python -m infra.operate --check
	@echo "cfn-lint"; $(BIN)/cfn-lint template.yaml
	@echo "sam validate"; $(SAM) validate --lint
	@echo "checkov"; $(CHECKOV) --skip-download --framework cloudformation --file template.yaml --compact --quiet

build: $(READY) $(SAM_READY) ## build what is deployed, into .aws-sam (needs a Python 3.13, no Docker)
	@$(SAM) build

sbom: $(READY) $(AUDIT_READY) ## write what the built artifacts hold (CycloneDX) and its licences, into .aws-sam/sbom
	@$(BIN)/python -m infra.build.sbom

audit: $(READY) $(AUDIT_READY) ## ask PyPI for known vulnerabilities of what is deployed: ARGS="voice desk dev sam"
	@$(BIN)/python -m infra.build.audit $(ARGS)

deploy: check-environment account build ## deploy what environments/ENV.toml says with your AWS credentials: ENV=prod; shows the changes and asks (ARGS=--yes does not)
	@SAM_CLI_TELEMETRY=0 $(BIN)/python -m infra.deploy '$(ENV)' $(ARGS)

lock: $(READY) ## pin anew what requirements/*.in ask for
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -qq uv
	@for name in voice desk dev browser audit sam checkov runtime; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    requirements/$$name.in --output-file requirements/$$name.txt || exit 1; done

clean: ## remove all that was built, installed or left by a run
	@rm -rf $(VENV) .aws-sam .local .coverage .coverage.* htmlcov *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the targets above need ---------------------------------------------------------------------------------------------------

check-environment: $(READY)
	@$(BIN)/python -m infra.deploy '$(ENV)' --check

account: $(READY)
	@$(BIN)/python -m infra.deploy '$(ENV)' --look $(ARGS)

# $(call install,FOLDER,REQUIREMENTS): a virtual environment with exactly what is pinned. --no-deps: the pins are complete, or it fails.
define install
@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
  echo "This needs Python 3.11 or newer, and $(PYTHON) is not one. Name one: make PYTHON=python3.13 ..." >&2; exit 1; }
@echo "Installing $(2) into $(1) (once; again when the file changes)"
@$(PYTHON) -m venv $(1)
@$(1)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --requirement $(2)
endef

$(VENV)/.installed: requirements/dev.txt
	$(call install,$(VENV),$<)
	@touch $@

$(READY): $(VENV)/.installed pyproject.toml infra/build/checkout.py
	@$(BIN)/python infra/build/checkout.py
	@touch $@

# What drives a browser, beside all else that the tests need. The browser itself is the machine's: apt-get install chromium.
$(BROWSER_READY): requirements/browser.txt | $(READY)
	@echo "Installing $< into $(VENV) (once; again when the file changes)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --requirement $<
	@touch $@

$(AUDIT_READY): requirements/audit.txt | $(READY)
	@echo "Installing $< into $(VENV) (once; again when the file changes)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --requirement $<
	@touch $@

$(SAM_READY): requirements/sam.txt | $(READY)
	$(call install,$(VENV)/sam,$<)
	@touch $@

$(CHECKOV_READY): requirements/checkov.txt | $(READY)
	$(call install,$(VENV)/checkov,$<)
	@touch $@

# `sam build` calls these (BuildMethod: makefile in template.yaml) with ARTIFACTS_DIR, the folder that becomes the function's zip.
ARTIFACT = @$(or $(wildcard $(BIN)/python),$(PYTHON)) -m infra.build.artifact
build-VoiceFunction:
	$(ARTIFACT) voice "$(ARTIFACTS_DIR)"
build-ReputationFunction:
	$(ARTIFACT) reputation "$(ARTIFACTS_DIR)"
build-RedeliverFunction:
	$(ARTIFACT) redeliver "$(ARTIFACTS_DIR)"
build-WatchFunction:
	$(ARTIFACT) watch "$(ARTIFACTS_DIR)"
build-FollowUpFunction:
	$(ARTIFACT) follow_up "$(ARTIFACTS_DIR)"
build-DeskFunction:
	$(ARTIFACT) desk "$(ARTIFACTS_DIR)"
