# What one does with a checkout; `make` lists it. Written for GNU make 3.81 too, which macOS has.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SILENT:

BIN := .venv/bin
# Somebody else's Python or Spark does not reach in; the machine's proxies and certificates do.
unexport PYTHONPATH PYTHONHOME SPARK_HOME SPARK_CONF_DIR

.PHONY: help setup setup-tests demo test check format fuzz bench-tally bench-intake clean

help: ## list these commands
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make the one environment: Python packages, Java, Spark's jars; at once when all is there
	infra/setup/environment .venv infra/requirements/dev.txt .
	java_home=$$(infra/setup/java) && $(BIN)/python infra/setup/spark.py --java-home "$$java_home"

setup-tests: setup ## make what only tests need on top: Airflow in an environment of its own, Chromium, LibreOffice, jq
	infra/setup/environment .venv-airflow infra/requirements/airflow.txt
	infra/setup/chromium >/dev/null
	infra/setup/libreoffice >/dev/null
	infra/setup/checkers >/dev/null

demo: setup ## audit a made-up year, publish it to a local S3, verify it; KEEP=1 leaves the server up, SCALE=0.01 adds rows
	$(BIN)/tallystick demo $(if $(SCALE),--scale $(SCALE)) $(if $(KEEP),--keep)

test: setup-tests ## run every test, in two processes; ARGS="-k name" runs some in one
	$(BIN)/python -m pytest $(or $(ARGS),-n 2 --dist loadfile)

check: setup ## read the code without running it: ruff, mypy, import-linter, and whether generated docs are in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python docs/generate.py --check

format: setup ## lay the code out as `make check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: ## look for bytes that break splitting or decoding, SECONDS=60 for each part; what is new goes into tests/fuzz/corpus
	infra/setup/environment .venv-fuzz infra/requirements/fuzz.txt
	for part in stored lines values objects text; do \
	    .venv-fuzz/bin/python tests/fuzz/harness.py $$part tests/fuzz/corpus/$$part -max_total_time=$(or $(SECONDS),60) \
	        -max_len=600 -artifact_prefix=tests/fuzz/corpus/$$part/ || exit 1; \
	done

bench-tally: setup ## hold the tally's speed against its goals and peers, about 15 minutes; ARGS="--requests 1000000" for less
	$(BIN)/python benchmarks/tally.py --results benchmarks/results --page docs/reference/benchmarks.md $(ARGS)

bench-intake: setup ## hold the speed of reading logs against its goals and peers, about 10 minutes
	infra/setup/environment .venv-bench infra/requirements/bench.txt
	$(BIN)/python benchmarks/intake.py --results benchmarks/results --page docs/reference/benchmarks.md $(ARGS)

clean: ## remove what the demo and the tests left; ends a kept S3 server, leaves environments and jars
	if [ -x $(BIN)/python ] && [ -d .demo ]; then $(BIN)/python -m tallystick.demo.end_kept .demo; fi
	rm -rf .demo build spark-warehouse metastore_db derby.log .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
