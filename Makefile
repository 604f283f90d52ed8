# The only door for developers. `make` lists what there is.
#
# From a fresh clone nothing but make and a Python 3.11, 3.12 or 3.13 is needed: everything is
# installed into .venv, pinned by hash, and everything that runs or is remembered lives in var.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo run up down check test faults faults-production bench rules ci lock

BIN := .venv/bin
# Compiled code lies in var, so who wants none beside the sources has none and need not wait for it.
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/cache/pyc
unexport PYTHONDONTWRITEBYTECODE
export PIP_CACHE_DIR := $(CURDIR)/var/cache/pip
CODE := $(wildcard services shared tests benchmarks)
PRODUCTION := var/production
COOL_DOWN := 7 days
UV_VERSION := 0.13.9
UV := var/uv-$(UV_VERSION)/bin/uv

help:
	@awk -F ': .*## ' '/^[a-z-]+: .*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/runtime ## install what it needs, play the story on the real embedded platform
	$(BIN)/kredslob demo

run: .venv/runtime ## start the platform on this machine and keep it running
	$(BIN)/kredslob up

up: .venv/runtime ## start production in containers (needs Docker with compose)
	@docker info > /dev/null 2>&1 || { echo "No Docker engine answers here; without one: make run" >&2; exit 1; }
	@test -f $(PRODUCTION)/compose.env || $(BIN)/kredslob prepare $(PRODUCTION)
	docker compose --env-file $(PRODUCTION)/compose.env up --detach --build --wait

down: ## stop what `make up` started; what was stored stays
	docker compose --env-file $(PRODUCTION)/compose.env down

check: .venv/dev ## format, lint, types, imports, spelling (seconds)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo --cache-dir var/cache/imports
	$(BIN)/codespell

test: .venv/dev ## all tests, in random order; none needs Docker or a network
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

faults: .venv/dev ## kill -9 of any process at a seeded step of the story, 20 seeds
	$(BIN)/python -m tests.journeys.faults --seeds 20

faults-production: .venv/dev ## the same on the wiring of production, 20 seeds; not part of ci
	$(BIN)/python -m tests.journeys.faults --wiring production --seeds 20

bench: var/bench-venv/ready ## measure everything beside its peers (at most 8 minutes)
	var/bench-venv/bin/python -m benchmarks

rules: .venv/dev ## print the specification, read from what the tests say they protect
	@$(BIN)/python -m tests.architecture.rules

ci: check test demo faults ## what .ci/run calls

lock: $(UV) ## write both lock files anew from pyproject.toml, with hashes and no host
	$(UV) pip compile $(LOCKED) --output-file requirements/runtime.lock pyproject.toml
	$(UV) pip compile $(LOCKED) --output-file requirements/dev.lock pyproject.toml \
		--group dev --constraints requirements/runtime.lock
	$(UV) pip compile $(LOCKED) --output-file requirements/bench.lock pyproject.toml \
		--group bench --constraints requirements/runtime.lock

# A release younger than the cool-down is not taken: most poisoned ones are found within days.
LOCKED := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --exclude-newer "$(COOL_DOWN)"

# --- what the targets stand on -----------------------------------------------------------------------

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# The first Python on the path that is new enough, works, and has what Debian leaves out.
FITS := import ensurepip, sqlite3, sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON = $(shell for each in python3.11 python3.12 python3.13 python3; do \
	$$each -c '$(FITS)' 2>/dev/null && command -v $$each && break; done)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed" >&2; exit 1; }
	$(PYTHON) -m venv .venv

SITE := import sysconfig; print(sysconfig.get_path("purelib"))

# The path is the import: this folder goes on the path of .venv, and nothing is built.
.venv/bin/kredslob: | .venv/bin/python
	@echo '$(CURDIR)' > "$$($(BIN)/python -c '$(SITE)')/kredslob.pth"
	@printf '%s\n' '#!$(CURDIR)/$(BIN)/python' 'import os, sys' '' \
		'sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = "$(PYTHONPYCACHEPREFIX)"' \
		'os.environ.pop("PYTHONDONTWRITEBYTECODE", None)' 'sys.dont_write_bytecode = False' \
		'from shared.cli.main import run' '' 'run()' > $@
	@chmod +x $@

.venv/runtime: requirements/runtime.lock | .venv/bin/kredslob
	$(INSTALL) --requirement $<
	@touch $@

.venv/dev: requirements/dev.lock | .venv/bin/kredslob
	$(INSTALL) --requirement $<
	@touch $@

var/bench-venv/ready: requirements/bench.lock | .venv/bin/kredslob
	$(BIN)/python -m venv var/bench-venv
	var/bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(UV): | .venv/bin/python
	$(BIN)/python -m venv var/uv-$(UV_VERSION)
	var/uv-$(UV_VERSION)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
