# Everything is run from the root of the checkout; `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help deps build release demo test test-browser screenshots test-long oracle faults faults-long lint format bench bench-fleet bench-heartbeats bench-neighbours soak fuzz test-asan test-tsan pipes bench-peers deb clean

RELEASE := .build-release
# Tests at a time: more would only wait for each other on few cores, and each counts the time it waits.
TEST_FLAGS := --skip-build --disable-xctest --experimental-maximum-parallelization-width 6
# A crash shows its own thread, without registers: what matters stays readable.
export SWIFT_BACKTRACE := threads=crashed,registers=none,images=none,limit=64
# Reports that are not of this code are named, with their reasons, in the files. Leaks are not looked for: what libraries and
# the runtime keep until the end looks like one.
ASAN_OPTIONS := detect_leaks=0:suppressions=$(CURDIR)/Tests/Sanitizers/address.txt
TSAN_OPTIONS := suppressions=$(CURDIR)/Tests/Sanitizers/thread.txt
SOURCES := Sources Tests Benchmarks Package.swift
SHELL_SCRIPTS := .ci/run Scripts/install-dependencies Scripts/demo Scripts/faults Scripts/fuzz Scripts/check-api Scripts/check-clients Scripts/check-onboarding Scripts/oracle Scripts/make-deb Scripts/browser-tools Tests/Browser/run Benchmarks/peers/setup
POSIX_SCRIPTS := Scripts/demo-fleet $(wildcard packaging/debian/*/*)

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

test: deps ## build once, run every test in parallel, then those in a browser
	@swift build --build-tests </dev/null
	@swift test $(TEST_FLAGS) </dev/null
	@Tests/Browser/run .build/debug

test-browser: deps ## the tests in a browser alone, with the binary that is built
	@Tests/Browser/run .build/debug

screenshots: deps ## the tests in a browser; they write the documents' pictures
	@LOGDB_SCREENSHOTS=1 Tests/Browser/run .build/debug

test-long: deps ## as test, with the long forms of the fault tests, the demo, the API's document, and other clients
	@swift build --build-tests </dev/null
	@LOGDB_TEST_LONG=1 LOGDB_TEST_DEMO=1 swift test $(TEST_FLAGS) </dev/null
	@Tests/Browser/run .build/debug
	@Scripts/oracle
	@Scripts/check-api
	@Scripts/check-clients
	@$(MAKE) --no-print-directory test-asan test-tsan

test-asan: deps ## the tests with the address sanitizer, in .build-asan; FILTER="LogDBTests" for some
	@swift build --build-tests --sanitize address --scratch-path .build-asan </dev/null
	@ASAN_OPTIONS=$(ASAN_OPTIONS) swift test --sanitize address --scratch-path .build-asan $(TEST_FLAGS) \
		$(if $(FILTER),--filter "$(FILTER)") </dev/null

test-tsan: deps ## the tests with the thread sanitizer, in .build-tsan; FILTER="LogDBTests" for some
	@swift build --build-tests --sanitize thread --scratch-path .build-tsan </dev/null
	@TSAN_OPTIONS=$(TSAN_OPTIONS) swift test --sanitize thread --scratch-path .build-tsan $(TEST_FLAGS) \
		$(if $(FILTER),--filter "$(FILTER)") </dev/null

fuzz: deps ## give TARGET (ingest, frame, query, block, cold, spool, body) made-up bytes, RUNS times; goes on where it was stopped
	@Scripts/fuzz "$(TARGET)" $(RUNS)

oracle: deps ## 100,000 random queries against the naive evaluator, optimised; goes on where it was stopped
	@Scripts/oracle

faults: deps ## make each fault of docs/RELIABILITY.md happen, in its short form; ROWS="R3 R7" for some
	@Scripts/faults $(ROWS)

faults-long: deps ## as often as is promised, in parts of some minutes; goes on where it was stopped
	@Scripts/faults --long $(ROWS)

lint: deps ## check the format of the Swift code, the pages' scripts and the syntax of the others
	@swift format lint --strict --recursive --parallel $(SOURCES) </dev/null
	@for script in $(SHELL_SCRIPTS); do bash -n "$$script"; done
	@for script in $(POSIX_SCRIPTS); do sh -n "$$script"; done
	@"$$(Scripts/browser-tools)/bin/oxlint" --quiet --deny-warnings Sources/Server/web Tests/Browser
	@"$$(Scripts/browser-tools)/bin/biome" format --log-level=warn .

format: deps ## rewrite the Swift code and the pages' scripts in the project's format
	@swift format --in-place --recursive --parallel $(SOURCES) </dev/null
	@"$$(Scripts/browser-tools)/bin/biome" format --write --log-level=warn .

bench: release ## load a million entries into the optimised server; print rates, sizes, query times and restarts
	@$(RELEASE)/release/logdb-bench run --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

bench-fleet: release ## a thousand devices at a batch a second and a hundred live tails; print delays
	@$(RELEASE)/release/logdb-bench fleet --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

bench-heartbeats: release ## a thousand devices with heartbeats and long polls, and lists among a hundred thousand
	@$(RELEASE)/release/logdb-bench heartbeats --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

bench-neighbours: release ## what a client over its rate limit does to those that keep to theirs
	@$(RELEASE)/release/logdb-bench neighbours --server-binary $(RELEASE)/release/logdb $(BENCH_FLAGS) </dev/null

soak: release ## half of full load for two hours with kills; memory and times drawn in soak.svg (BENCH_FLAGS='--minutes 10')
	@$(RELEASE)/release/logdb-bench soak --server-binary $(RELEASE)/release/logdb --svg soak.svg $(BENCH_FLAGS) </dev/null

pipes: release ## every pipe over 5 million entries: time, memory of the server, answer or refusal (PIPES_ENTRIES)
	@$(RELEASE)/release/logdb-bench pipes --server-binary $(RELEASE)/release/logdb \
		--entries $${PIPES_ENTRIES:-5000000} $(PIPES_FLAGS) </dev/null

bench-peers: release ## the same entries and questions beside ClickHouse and PostgreSQL (BENCH_ENTRIES, default 1000000)
	@Benchmarks/peers/setup
	@.bench/venv/bin/python -B Benchmarks/peers/bench_peers.py --entries $${BENCH_ENTRIES:-1000000} \
		--bench-binary $(RELEASE)/release/logdb-bench --server-binary $(RELEASE)/release/logdb </dev/null

deb: deps ## Debian packages of the server and the agent, in .build-deb
	@swift build --configuration release --static-swift-stdlib --scratch-path $(RELEASE) --product logdb </dev/null
	@swift build --configuration release --static-swift-stdlib --scratch-path $(RELEASE) --product logdb-agent </dev/null
	@Scripts/make-deb $(RELEASE)/release "$$($(RELEASE)/release/logdb-agent --version)" .build-deb

clean: ## remove everything that was built, the demo's data, and what the benchmarks made
	@rm -rf .build .build-* .bench .demo .faults .oracle
