# Recipes of Todobus. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell deploy/local/choose_python.sh)
SERVICES := $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml))
RUNTIME := libs/events libs/common $(SERVICES) gateway deploy/local
PACKAGES := $(RUNTIME) libs/testing
MODULES := $(notdir $(patsubst %/__init__.py,%,$(wildcard $(addsuffix /src/*/__init__.py,$(PACKAGES)))))
OURS := todobus-events service-common service-testing local-cluster
MANIFESTS := pyproject.toml $(addsuffix /pyproject.toml,$(PACKAGES))
BIN := .venv/bin
RUN := $(BIN)/python -m
TESTS := pytest -n 4 --dist loadgroup -m "not chaos and not slow and not containers and not deployment"
ARGS ?=
RUNS ?= 20

help: ## List the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# The environments: `run` has what the system needs, `dev` adds what its tests need. The folder `services` changes when
# a service is added or removed.
.venv/run: requirements.lock $(MANIFESTS) services
	@"$(PYTHON)" deploy/local/environment.py requirements.lock $(RUNTIME)
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	@"$(PYTHON)" deploy/local/environment.py requirements-dev.lock $(PACKAGES)
	@touch $@

setup: .venv/dev ## Install everything for development into .venv

up: .venv/run ## Run the whole system on this machine (ARGS="--port 9000 …")
	@exec $(BIN)/todobus up $(ARGS)

test: export PYTHONDONTWRITEBYTECODE = # pytest keeps the modules that it has rewritten
test: chromium .venv/dev ## Run every test that needs no Docker (NO_BROWSER=1: nor a browser)
	@$(MAKE) -s web || true  # without Node the browser tests are skipped
	@$(RUN) $(TESTS) $(ARGS)

# Not part of `make test`: without sys.monitoring (Python 3.12) it takes a fifth more time.
coverage: export PYTHONDONTWRITEBYTECODE =
coverage: chromium .venv/dev ## Run what `make test` runs and print which lines it does not reach, file by file
	@$(MAKE) -s web || true
	@rm -rf .venv/coverage && mkdir .venv/coverage
	@$(RUN) coverage run -m $(TESTS) $(ARGS)
	@$(RUN) coverage combine -q && $(RUN) coverage report

test-containers: .venv/dev ## Run the integration tests with PostgreSQL and NATS from images (needs Docker)
	@TODOBUS_TEST_ENGINES=containers $(RUN) pytest -n 2 --dist loadgroup -m "not chaos and not slow" libs services gateway $(ARGS)

check: chromium .venv/dev ## Formatting, lint, types, architecture, dependencies, tests: what CI runs
	@$(MAKE) -s lint types architecture dependencies web-check
	@$(MAKE) -s test
	@$(MAKE) -s test COMPILED=1 NO_BROWSER=1 ARGS="gateway libs/common"

lint: .venv/dev ## Check formatting and lint rules
	@$(RUN) ruff format --check -q . || { echo "run: make format"; exit 1; }
	@$(RUN) ruff check -q .

format: .venv/dev ## Format the code and mend what can be mended
	@$(RUN) ruff format -q .
	@$(RUN) ruff check -q --fix .

types: export MYPYPATH = $(subst src ,src:,$(addsuffix /src,$(PACKAGES)))
types: .venv/dev ## Check types (mypy, strict)
	@$(RUN) mypy $(addprefix --package=,$(MODULES))

architecture: .venv/dev ## Check the boundaries between packages and layers
	@for config in pyproject.toml $$(grep -ls '^\[tool.importlinter\]' services/*/pyproject.toml); do \
	  $(BIN)/lint-imports --no-cache --config $$config >.venv/architecture.log || { cat .venv/architecture.log; exit 1; }; \
	done

dependencies: .venv/dev ## Check that each package declares what it imports, and imports what it declares
	@failed=0; for package in $(PACKAGES); do \
	  (cd $$package && "$(CURDIR)/$(BIN)/deptry" --no-ansi src >"$(CURDIR)/.venv/deptry.log" 2>&1) || \
	    { failed=1; echo "$$package:"; grep -E "DEP[0-9]|rror" .venv/deptry.log; }; \
	done; exit $$failed

new-service: ## Make a service NAME in services/, with an endpoint, a table and a subscriber
	@"$(PYTHON)" deploy/new_service/new_service.py "$(NAME)"

release-notes: ## Print what CHANGELOG.md says of VERSION
	@awk -v heading='## [$(VERSION)]' '/^## /{shown=(index($$0,heading)==1); found+=shown; next} \
	  shown && (started || NF){started=1; print} END{exit !found}' CHANGELOG.md

lock: ## Compile (after a change of dependencies) requirements.lock and requirements-dev.lock
	@"$(PYTHON)" deploy/local/environment.py --uv
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock $(addsuffix /pyproject.toml,$(RUNTIME)) --all-extras --group pyproject.toml:build $(addprefix --no-emit-package ,$(OURS))
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-dev.lock -c requirements.lock $(addsuffix /pyproject.toml,$(PACKAGES)) --all-extras --group pyproject.toml:build --group pyproject.toml:dev $(addprefix --no-emit-package ,$(OURS))
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-deployment.lock -c requirements-dev.lock --group pyproject.toml:deployment
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-bench.lock -c requirements-dev.lock --group pyproject.toml:bench
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-node.lock --group pyproject.toml:node
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-compile.lock -c requirements-dev.lock --group pyproject.toml:compile

# The gateway's hot path, compiled: in every image, and here where a recipe is given COMPILED=1.
.venv/compile: requirements-compile.lock .venv/dev
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-compile.lock
	@touch $@

.venv/compiled: gateway/compile.sh .venv/compile $(shell find gateway/src libs/common/src -name '*.py') | headers
	@echo "compiling the gateway, which takes a minute …"
	@rm -rf $@ $@.part && mkdir $@.part && cp -r gateway/src/api_gateway libs/common/src/service_common $@.part
	@PATH="$(CURDIR)/$(BIN):$$PATH" gateway/compile.sh $@.part && mv $@.part $@ && touch $@

ifdef COMPILED
export PYTHONPATH := $(CURDIR)/.venv/compiled
up test chaos abuse: .venv/compiled
endif

# The web app. `make up` builds it by itself; these are for working on it.
frontend/node_modules/.lock: frontend/package-lock.json
	@cmp -s frontend/package-lock.json $@ || (cd frontend && npm ci --silent --no-audit --no-fund)
	@cp frontend/package-lock.json $@

web: .venv/run ## Build the web app into frontend/out if its sources have changed
	@$(BIN)/python -c 'from local_cluster.launcher.web_build import built; raise SystemExit(built(print) is None)'

web-dev: frontend/node_modules/.lock ## Develop the web app against a running system (TODOBUS_GATEWAY=http://localhost:8080)
	@cd frontend && npm run -s dev

web-client: frontend/node_modules/.lock ## Make the types of the web app's API client from docs/openapi.json
	@cd frontend && npm run -s client >/dev/null

web-check: web web-client ## Lint, types and tests of the web app, the drift of its client, and its size
	@git diff --exit-code --stat -- frontend/src/lib/api/generated || { echo "commit what make web-client wrote"; exit 1; }
	@cd frontend && npm run -s check && npm run -s budget >/dev/null

# The two that a recipe installs outside this folder.
headers: .venv/run
	@if [ -e "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing outside this folder, to compile the gateway: python3-dev (apt-get)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-dev >/dev/null; \
	else echo "compiling needs the headers of this Python (apt-get install python3-dev)"; exit 1; fi

chromium:
	@if [ -n "$(NO_BROWSER)" ] || command -v chromium >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing outside this folder, for the browser tests: chromium, fonts-inter (apt-get; NO_BROWSER=1: not)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-inter >/dev/null; \
	elif ! command -v chromium-browser google-chrome >/dev/null; then \
	  echo "no chromium: the browser tests are skipped (apt-get install chromium)"; fi

screenshots: .venv/dev web chromium ## Take the pictures in docs/screenshots
	@$(BIN)/python tests/web/screenshots.py

tests/web/lighthouse/node_modules: tests/web/lighthouse/package-lock.json requirements-node.lock .venv/dev
	@$(BIN)/python -c 'from local_cluster.launcher.web_build import install_node; raise SystemExit(not install_node())'
	@cd tests/web/lighthouse && PATH="$(CURDIR)/.venv/node:$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

lighthouse: .venv/dev web chromium tests/web/lighthouse/node_modules ## Hold the log-in page and the list to their Lighthouse scores
	@$(BIN)/python tests/web/lighthouse/measure.py

# The cluster in containers. `docker compose`, or `docker-compose` v2 where only that is there.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) \
	$(if $(filter nats-cluster,$(PROFILES)),--env-file deploy/docker/nats-cluster.env) \
	$(if $(filter observability,$(PROFILES)),--env-file deploy/observability/observability.env) $(addprefix --profile ,$(PROFILES))
PROFILES ?=

.PHONY: cluster cluster-down roll test-cluster bus-users test-deployment
cluster: ## Run the whole system in containers (PROFILES="observability nats-cluster", ARGS="--scale todos=3")
	@deploy/docker/make-secrets
	@$(COMPOSE) up --detach --build --wait $(ARGS)
	@test -n "$$($(COMPOSE) ps --quiet --status running web)" # it starts once everything else is healthy
	@echo "Todobus runs at http://$$($(COMPOSE) port web 8080)"

cluster-down: ## Stop the containers; their data stays
	@$(COMPOSE) --profile '*' down $(ARGS)

.venv/deployment: requirements-deployment.lock .venv/dev
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-deployment.lock
	@touch $@

test-deployment: .venv/deployment ## Check images, manifests and alert rules with the tools of each
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(RUN) pytest tests/deployment $(ARGS)

roll: ## Put newly built containers of SERVICE in the place of those that run, while they serve
	@$(COMPOSE) build
	@COMPOSE="$(COMPOSE)" deploy/docker/roll $(SERVICE)

test-cluster: .venv/dev web chromium ## Test the system in containers: journeys, isolation, failures under load (needs Docker)
	@$(COMPOSE) build
	@$(RUN) pytest tests/cluster --timeout 600 $(ARGS)

bus-users: .venv/dev ## Render the NATS users of the containers from todobus_events.permissions
	@$(BIN)/python deploy/docker/nats/render_users.py

contracts: .venv/dev ## Write the schemas of the events and docs/asyncapi.json (refuses what breaks a published one)
	@$(RUN) service_testing.event_contracts
	@$(BIN)/python tests/contracts/asyncapi_document.py

openapi: .venv/dev ## Write docs/openapi.json, from which the web app's client is made
	@$(BIN)/python tests/contracts/openapi_document.py

settings: .venv/dev ## Write the table of settings in docs/operations.md
	@$(BIN)/python tests/contracts/settings_table.py

# Their figures are those of a system that has the machine for itself; exit 5: ARGS chooses none of these.
TIMED_CHAOS := tests/chaos/test_long_outage.py tests/chaos/test_reminder_faults.py
chaos: .venv/dev ## Break the system and its bus under load, each fault RUNS=20 times (hours; RUNS=1 for a look)
	@RUNS=$(RUNS) $(BIN)/python -m pytest $(TIMED_CHAOS) -m "" $(ARGS) || [ $$? -eq 5 ]
	@RUNS=$(RUNS) $(BIN)/python -m pytest tests/chaos services/todos/tests/test_todos_crash.py $(TIMED_CHAOS:%=--ignore=%) \
		-n 2 -m "" $(ARGS) || [ $$? -eq 5 ]

abuse: .venv/dev ## Attack a running system for 20 s in each way while innocent users measure (15 minutes)
	@ABUSE_SECONDS=20 $(RUN) pytest tests/abuse services/stats/tests/test_stats_fairness.py -m "" $(ARGS)

clean: ## Remove what the recipes made, except the data of `make up`
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache frontend/node_modules frontend/.next frontend/out

fuzz: .venv/dev ## Run the todo API against its model, undo, and recurrence, thousands of times (EXAMPLES=5000)
	@TODOBUS_FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(RUN) pytest -q services/todos/tests/test_todos_stateful.py services/todos/tests/test_todos_undo_stateful.py services/todos/tests/test_recurrence.py

.venv/bench: requirements-bench.lock .venv/dev
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-bench.lock
	@touch $@

bench: .venv/bench .venv/compiled ## Run the benchmarks beside their peers (ARGS="todos …": only these)
	@$(RUN) benchmarks $(ARGS)

.PHONY: abuse bench fuzz web lighthouse web-dev web-client web-check headers chromium screenshots contracts openapi settings help setup up test coverage test-containers check lint format types architecture dependencies new-service release-notes lock clean
