# Everything is run from the root of the checkout; `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help deps build release demo test test-long oracle lint format bench bench-fleet bench-heartbeats pipes bench-peers clean

RELEASE := .build-release
# Tests at a time: more would only wait for each other on few cores, and each counts the time it waits.
TEST_FLAGS := --skip-build --disable-xctest --experimental-maximum-parallelization-width 6
SOURCES := Sources Tests Benchmarks Package.swift
SHELL_SCRIPTS := .ci/run Scripts/install-dependencies Scripts/demo Scripts/check-api Scripts/check-clients Scripts/check-onboarding Scripts/oracle Benchmarks/peers/setup
POSIX_SCRIPTS := Scripts/demo-fleet

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the system packages that are missing (silent when there are none)
	@Scripts/install-dependencies

build: deps ## build everything for debugging, in .build
	@swift build </dev/null

release: deps ## build everything optimised, in .build-release
	@swift build --configuration release --scratch-path $(RELEASE) </dev/null

demo: deps ## start a server and a small simulated fleet, and show some answers (Ctrl-C stops all)
	@Scripts/demo

test: deps ## build once, run every test in parallel
	@swift build --build-tests </dev/null
	@swift test $(TEST_FLAGS) </dev/null

test-long: deps ## as test, with the long forms of the fault tests, the demo, the API's document, and other clients
	@swift build --build-tests </dev/null
	@LOGDB_TEST_LONG=1 LOGDB_TEST_DEMO=1 swift test $(TEST_FLAGS) </dev/null
	@Scripts/oracle
	@Scripts/check-api
	@Scripts/check-clients

oracle: deps ## 100,000 random queries against the naive evaluator, optimised; goes on where it was stopped
	@Scripts/oracle

lint: deps ## check the format of the Swift code and the syntax of the scripts
	@swift format lint --strict --recursive --parallel $(SOURCES) </dev/null
	@for script in $(SHELL_SCRIPTS); do bash -n "$$script"; done
	@for script in $(POSIX_SCRIPTS); do sh -n "$$script"; done

format: deps ## rewrite the Swift code in the project's format
	@swift format --in-place --recursive --parallel $(SOURCES) </dev/null

bench: release ## load a million entries into the optimised server; print rates, sizes, query times and restarts
	@$(RELEASE)/release/logdb-bench run --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

bench-fleet: release ## a thousand devices at a batch a second and a hundred live tails; print delays
	@$(RELEASE)/release/logdb-bench fleet --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

bench-heartbeats: release ## a thousand devices with heartbeats and long polls, and lists among a hundred thousand
	@$(RELEASE)/release/logdb-bench heartbeats --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

pipes: release ## every pipe over 5 million entries: time, memory of the server, answer or refusal (PIPES_ENTRIES)
	@$(RELEASE)/release/logdb-bench pipes --server-binary $(RELEASE)/release/logdb \
		--entries $${PIPES_ENTRIES:-5000000} $(PIPES_FLAGS) </dev/null

bench-peers: release ## the same entries and questions beside ClickHouse and PostgreSQL (BENCH_ENTRIES, default 1000000)
	@Benchmarks/peers/setup
	@.bench/venv/bin/python -B Benchmarks/peers/bench_peers.py --entries $${BENCH_ENTRIES:-1000000} \
		--bench-binary $(RELEASE)/release/logdb-bench --server-binary $(RELEASE)/release/logdb </dev/null

clean: ## remove everything that was built, the demo's data, and what the benchmarks made
	@rm -rf .build .build-* .bench .demo .oracle
