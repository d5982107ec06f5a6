# The commands of this repository. `make` lists them.

FUZZ_SECONDS ?= 60
PREFIX ?= /usr/local
SWIFT_FILES = Package.swift Benchmarks Plugins Sources Tests Fuzzing/Package.swift Fuzzing/Sources Examples/Package.swift Examples/Sources

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-stock-kvm test-at-scale setup build install deb fuzz bench format lint clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

demo: ## record a guest, replay it, verify it: the two-minute tour
	@Scripts/demo.sh

test: ## set up, lint, build and run the whole suite
	@Scripts/test.sh

test-slow: ## the same, with the tests that take minutes
	@RR_VM_SLOW_TESTS=1 Scripts/test.sh

test-stock-kvm: setup ## test every guest on a stock kvm_amd, on a processor that QEMU emulates
	@Scripts/test-stock-kvm.sh

test-at-scale: ## run docs/at-scale.md: GNU parallel and a Slurm cluster of one node
	@Scripts/test-at-scale.sh

setup: ## install the missing Debian packages
	@Scripts/setup.sh

build: setup ## build rr-vm for release
	@binaries=$$(Scripts/build-release.sh rr-vm) && echo "Built $$binaries/rr-vm"

install: setup ## install rr-vm below PREFIX=/usr/local, where it runs without Swift
	@Scripts/install.sh "$(DESTDIR)$(PREFIX)"

deb: setup ## make a Debian package
	@Scripts/make-deb.sh

fuzz: setup ## fuzz every target, FUZZ_SECONDS=60 each
	@Scripts/fuzz.sh $(FUZZ_SECONDS)

bench: setup ## measure speed and sizes, and fail where a limit is passed
	@status=0; \
	for benchmark in instructions run overhead seek verify-jobs verify-ticked trace-at-scale trace-size grace soft; do \
	    Benchmarks/$$benchmark.sh || status=1; \
	done; \
	exit $$status

format: ## rewrite the Swift sources in the project's format
	@swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_FILES)

lint: ## check formats, and who imports whom
	@Scripts/lint.sh

clean: ## remove everything that was built
	@swift package clean
