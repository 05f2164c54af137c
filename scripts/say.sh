# Sourced by the other scripts: one line per step, and how long it took.

step_name=''

step() { # step WHAT IT DOES
	step_done
	step_name=$* step_began=$SECONDS
	echo "== $step_name"
}

step_done() {
	if [[ -n $step_name ]]; then
		echo "   $((SECONDS - step_began)) s"
	fi
	step_name=''
}

warn() { # what is missing, and what follows from it
	echo "WARNING: $*" >&2
}
