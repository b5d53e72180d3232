# Everything starts from a clean clone: `make build` publishes the site, `make test` runs every check.
# PYTHON=… names the interpreter (3.11 or later) that the environment in .venv is made with.

.DEFAULT_GOAL := help
.PHONY: help setup build test prove bench conformance lock clean
.DELETE_ON_ERROR:

bin := .venv/bin
ready := .venv/.ready
compile := $(bin)/uv --no-config pip compile --universal --python-version 3.11 --upgrade --generate-hashes \
	--custom-compile-command 'make lock' --quiet

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

setup: $(ready) ## install what is needed: system libraries, and Python packages into .venv

build: $(ready) ## publish the site into output/
	$(bin)/publish build

test: $(ready) ## run every check: format, lint, types, import borders, tests
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(bin)/pytest -n 2

prove: $(ready) ## sweep: hundreds of synthetic pieces, each note on the page of its mark
	$(bin)/pytest -n 2 -m prove

bench: $(ready) ## measure beside other tools, which it installs first: sites, PDFs, catalogues (benchmarks/RESULTS.md), false alarms
	.ci/bench
	$(bin)/python -m benchmarks.merges
	$(bin)/python -m benchmarks.checks
	$(bin)/python -m benchmarks

conformance: $(ready) ## validate PDFs (veraPDF, outloud) and pages (Nu HTML checker, axe-core, schemas): installs them first
	.ci/conformance
	$(bin)/python -m tests.conformance

lock: $(ready) ## move requirements.lock, conformance.lock and bench.lock to the newest releases that pyproject.toml allows
	$(bin)/python -m pip install --quiet 'uv>=0.9'
	$(compile) --group dev --output-file requirements.lock pyproject.toml
	$(compile) --group conformance --output-file conformance.lock
	$(compile) --group bench --output-file bench.lock

clean: ## remove the site, the environment and every cache
	rm -rf output .output.* .publish-cache .venv .venv-conformance .conformance .venv-bench build dist *.egg-info \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ready): requirements.lock pyproject.toml .ci/setup .ci/debian.sh
	@PYTHON='$(PYTHON)' .ci/setup
	@touch $@
