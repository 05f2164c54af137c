# Everything a newcomer needs: `make demo` shows the product, `make test`
# proves it. `make` alone lists the rest.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# Release builds have no C in them. -trimpath keeps the builder's folders out
# of the program; lint uses the same settings and so the same build cache.
RELEASE := CGO_ENABLED=0 go build -trimpath

.DEFAULT_GOAL := help
.PHONY: help demo build test needs lint race bench torture clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: ## build and start the whole product, every outside service simulated (ARGS="--listen 127.0.0.1:8080")
	@echo "demo: building bin/promobot, then starting it on a temporary database; Ctrl-C ends it" >&2
	@$(RELEASE) -o bin/promobot ./cmd/promobot >&2
	@exec bin/promobot demo $(ARGS)

build: ## build the release program bin/promobot
	$(RELEASE) -o bin/promobot ./cmd/promobot

test: ## bring what tests need, then format, vet, lint and all tests with the race detector on both databases
	@scripts/needs.sh
	@scripts/lint.sh
	@scripts/race.sh

needs: ## find or install a PostgreSQL server, Chromium, Node.js and a C compiler
	@scripts/needs.sh

lint: ## check format, go vet, staticcheck and gosec
	@scripts/lint.sh

race: ## run the tests alone, on what is installed (PKG=./points/... for some)
	@scripts/race.sh $(PKG)

bench: build ## measure the product beside yardsticks, on SQLite and a private PostgreSQL (ARGS="settle --json" for less)
	@CGO_ENABLED=0 go build -trimpath -o .tools/pgrun ./internal/store/storetest/pgrun
	@.tools/pgrun -durable -- bin/promobot bench $(or $(ARGS),all)

torture: ## the fault tests for longer: make torture KILLS=100 CYCLES=2000 STOPS=200 MINUTES=30 (docs/faults.md)
	@KILLS="$(KILLS)" CYCLES="$(CYCLES)" STOPS="$(STOPS)" MINUTES="$(MINUTES)" FILLS="$(FILLS)" SENDS="$(SENDS)" SEED="$(SEED)" ONLY="$(ONLY)" scripts/torture.sh

clean: ## remove what was built, the lint tools and the test log
	rm -rf bin .tools .cache
