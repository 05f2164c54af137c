# Shortens the output of `go test -v`: a line a package, the whole output of
# packages that failed, then what was skipped and why, then the counts.

/^=== (RUN|PAUSE|CONT|NAME) / { test = $3; next }

/^ *--- PASS: / { passed++; next }
/^ *--- FAIL: / { failed++; failedHere++ }
/^ *--- SKIP: / { skip($3); next }

/^(ok  |\?   )\t/ { if (/^ok/) print; forget(); fflush(); next }
/^FAIL\t/ {
	if (!failedHere) failed++ # it did not build, or ended in the middle
	for (i = 0; i < n; i++) print block[i]
	print
	forget()
	fflush()
	next
}
/^(PASS|FAIL)$/ { next }

{ block[n++] = $0; last[test] = $0 }

END {
	for (i = 0; i < reasons; i++) {
		why = reason[i]
		printf "skipped %d: %s: %s\n", count[why], why, example[why]
	}
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
}

# A test that skips itself says why in the line before.
function skip(name,    why) {
	why = last[name]
	sub(/^ *[^ ]+\.go:[0-9]+: /, "", why)
	if (why == "") why = "no reason given"
	if (!count[why]++) { reason[reasons++] = why; example[why] = name }
	else if (count[why] <= 3) example[why] = example[why] ", " name
	else if (count[why] == 4) example[why] = example[why] ", …"
	skipped++
}

function forget() {
	n = failedHere = 0
	split("", block)
	split("", last)
}
