#!/usr/bin/env bash
# Format, go vet, staticcheck and gosec, the last two at pinned versions.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
gosec=github.com/securego/gosec/v2/cmd/gosec@v2.22.10

# gosec's rules that we do without, each with its reason. A single place that
# is right against a rule is marked there: #nosec RULE -- reason.
without=(
	# "A file name comes from a variable": the commands open the files that
	# their operator names, and nothing a participant sends becomes a name.
	G304
	# "Slice index out of range": it guesses at lengths and is wrong about
	# slices that were just made; the runtime checks every index anyway.
	G602
	# "Weak random numbers": simulators, pauses and drawn pictures want them.
	# floors_test.go names the rooms that may have them, and why.
	G404
)

# The settings of a release build: one build cache for lint and for `make
# build`, and no C to compile.
export CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -trimpath"

# Tools stand in .tools by version and by the Go that built them, because
# they read only what their own Go or an older one has compiled.
tool() { # tool MODULE@VERSION; its path is left in $program
	local name=${1##*/} bin
	bin=$PWD/.tools/$(go env GOVERSION)/$name
	program=$bin/${name%@*}
	if [[ ! -x $program ]]; then
		echo "   installing $name"
		GOBIN=$bin go install "$1"
	fi
}

go_files() {
	find . \( -name '.?*' -o -name node_modules -o -name testdata -o -path ./bin \) -prune -o -name '*.go' -print0
}

findings=0

step "format: gofmt"
ugly=$(go_files | xargs -0 gofmt -l)
if [[ -n $ugly ]]; then
	printf 'not formatted, run gofmt -w:\n%s\n' "$ugly" >&2
	findings=1
fi

step "vet: go vet, release builds and those with failpoints"
go vet ./... || findings=1
go vet -tags failpoint ./... || findings=1

step "lint: staticcheck, settings in staticcheck.conf"
tool "$staticcheck"
"$program" ./... || findings=1

step "lint: gosec, without ${without[*]}"
tool "$gosec"
(IFS=, && "$program" -quiet -color=false -exclude="${without[*]}" ./...) || findings=1
step_done

exit "$findings"
