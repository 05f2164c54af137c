#!/usr/bin/env bash
# All tests with the race detector, beside a private PostgreSQL server.
#
# usage: scripts/race.sh [PACKAGES], ./... if none are named
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

log=.cache/test.log
mkdir -p .cache .tools

# Every package opens its own databases on one server: a wide machine must not
# run out of its connections.
wide=$(getconf _NPROCESSORS_ONLN)
((wide <= 4)) || wide=4

step "test: a private PostgreSQL server for all tests"
CGO_ENABLED=0 go build -trimpath -o .tools/pgrun ./internal/store/storetest/pgrun
step_done

step "test: go test -race, both databases; the whole output is in $log"
# vet has run already. CGO_ENABLED=1: the race detector is C. -count=1: a
# remembered result may stem from before a server was installed.
CGO_ENABLED=1 .tools/pgrun -- go test -race -count=1 -vet=off -v -p "$wide" -timeout 25m "${@:-./...}" |
	tee "$log" | awk -f scripts/testlog.awk

# The race detector makes drawing and scanning ten times slower: what only
# counts and measures pictures runs without it, on all of them.
if (($# == 0)); then
	step "test: pictures without the race detector"
	CGO_ENABLED=0 go test -count=1 -vet=off -v -timeout 15m -run 'Worn|TrueGrid|Memory|NothingIsRead' ./qr |
		tee -a "$log" | awk -f scripts/testlog.awk
fi
