#!/usr/bin/env bash
# Brings what the tests need: a C compiler for the race detector, a PostgreSQL
# server, a Chromium, Node.js with npm. What is found is used; what is missing
# is installed with apt-get by root or by sudo without a password; else it says
# what is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

has_compiler() { command -v gcc || command -v clang; } >/dev/null

has_postgres() {
	[[ -n ${PROMOBOT_TEST_POSTGRES:-} ]] ||
		{ command -v initdb && command -v postgres; } >/dev/null ||
		compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

has_chromium() {
	command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

has_node() { command -v node && command -v npm; } >/dev/null

# The words to run a command as root with, in the array root.
become_root() {
	if [[ $(id -u) == 0 ]]; then
		root=(env)
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		root=(sudo -n env)
	else
		return 1
	fi
}

# The tests start servers of their own, so Debian's need not make and start
# one when it is installed. The setting is taken back afterwards.
no_main_cluster=/etc/postgresql-common/createcluster.d/promobot-tests.conf

install() { # install PACKAGE...
	local lock=(-o DPkg::Lock::Timeout=300)
	"${root[@]}" mkdir -p "${no_main_cluster%/*}"
	echo 'create_main_cluster = false' | "${root[@]}" tee "$no_main_cluster" >/dev/null
	trap '"${root[@]}" rm -f "$no_main_cluster"' EXIT
	refresh
	"${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install "${lock[@]}" -y -qq \
		--no-install-recommends "$@" </dev/null >.cache/apt.log 2>&1 ||
		{ tail -n 20 .cache/apt.log >&2; return 1; }
}

# Another apt-get may hold the lists for a while, and apt-get does not wait
# for that lock. Old lists are better than none.
refresh() {
	local try
	for try in 1 2 3 4 5 6; do
		"${root[@]}" apt-get update -qq </dev/null >.cache/apt.log 2>&1 && return
		sleep 5
	done
	warn "apt-get update did not succeed: $(tail -n 1 .cache/apt.log)"
}

missing() { # the packages for what is not there
	has_compiler || echo gcc libc6-dev
	has_postgres || echo postgresql
	has_chromium || echo chromium chromium-sandbox fonts-liberation
	has_node || echo nodejs npm
}

command -v go >/dev/null || { echo "Go 1.26 or newer is needed, see https://go.dev/doc/install" >&2; exit 1; }
mkdir -p .cache

step "needs: a C compiler, a PostgreSQL server, Chromium, Node.js"
packages=$(missing | xargs)
why="apt-get could not install it"
if [[ -n $packages ]]; then
	if ! command -v apt-get >/dev/null; then
		why="there is no apt-get to install it with"
	elif ! become_root; then
		why="installing it takes root, or sudo without a password"
	else
		echo "   installing $packages"
		# shellcheck disable=SC2086 -- one word a package
		install $packages || true
	fi
fi
has_compiler || { echo "the race detector needs a C compiler: $why" >&2; exit 1; }
has_postgres || warn "no PostgreSQL server: tests run on SQLite alone, because $why"
has_chromium || warn "no Chromium: tests of the pages are skipped, because $why"
has_node || warn "no Node.js with npm: grammY does not drive the simulated messenger, because $why"
step_done
