#!/usr/bin/env bash
# The fault tests for as long as they are wanted, see docs/faults.md. It ends
# with a table of what was done and met, and with 1 if anything was found or a
# fault was never met.
#
# usage: KILLS=100 CYCLES=2000 STOPS=200 MINUTES=30 FILLS=20 SENDS=20000 SEED=N ONLY=PATTERN scripts/torture.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

flags=(
	-kills="${KILLS:-10}"
	-cycles="${CYCLES:-200}"
	-stops="${STOPS:-20}"
	-minutes="${MINUTES:-5}"
	-fills="${FILLS:-10}"
	-sends="${SENDS:-2000}"
)
[[ -z ${SEED:-} ]] || flags+=(-seed="$SEED")

log=.cache/torture.log
mkdir -p .cache .tools

step "torture: a private PostgreSQL server"
CGO_ENABLED=0 go build -trimpath -o .tools/pgrun ./internal/store/storetest/pgrun
step_done

step "torture: ${flags[*]}; the whole output is in $log"
if .tools/pgrun -- go test -count=1 -timeout 48h -v -run "${ONLY:-.}" ./cmd/promobot/torture -args "${flags[@]}" >"$log" 2>&1; then
	found=0
else
	found=1
fi
# What each test has to say, then the table.
grep -E '^ +[a-z]+_test.go:|^ *--- (PASS|FAIL|SKIP)|^(seed|panic|FAIL|ok) ' "$log" || true
awk '/^seed /, /^(ok|FAIL)/ { if (!/^(seed|ok|FAIL)/) print }' "$log"
step_done
exit "$found"
