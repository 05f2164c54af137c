# Makes a cluster, runs its server and takes both away when standard input
# ends, that is when the process that holds the other end of the pipe closes
# it or dies, by whatever signal. Standard output is left alone: it stays open
# exactly as long as this guard lives.
#
# usage: sh guard.sh PROGRAMS DIRECTORY PORT [durable], as the owner of DIRECTORY
bin=$1 dir=$2 port=$3 durable=$4
exec 3<&0 </dev/null

"$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" \
	--auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync \
	>&2 3<&- || { rm -rf "$dir"; exit 0; } # the log has said why

# Durability is off: the data never outlives the tests, and no test kills the
# server itself. Who measures wants it on, as it is by default.
careless="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
[ -z "$durable" ] || careless=

# Parallel tests open many small pools, hence the connections.
# shellcheck disable=SC2086 # several words, or none
start() {
	"$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" \
		-c listen_addresses=127.0.0.1 -c max_connections=300 \
		$careless \
		-c wal_level=minimal -c max_wal_senders=0 -c jit=off \
		>&2 3<&- &
	server=$!
	echo "$server" >"$dir/server"
}
start

# If the owner died during initdb, this reads the end at once, and the server
# is told to quit before it can hear: a shell's background child ignores QUIT
# until it is the server. So it is told until everything is gone.
{
	cat <&3
	: >"$dir/over"
	tries=0
	while [ "$tries" -lt 100 ] && [ -d "$dir" ]; do
		kill -QUIT "$(cat "$dir/server")"
		tries=$((tries + 1))
		sleep 0.1
	done
} >/dev/null 2>&1 &

# A server that its owner has crashed, see outage.go, stays down until he wants
# it back.
wait "$server"
while [ -e "$dir/crashed" ]; do
	mv "$dir/crashed" "$dir/down"
	while [ -e "$dir/down" ] && [ ! -e "$dir/over" ]; do
		sleep 0.02
	done
	[ ! -e "$dir/over" ] || break
	start
	wait "$server"
done
rm -rf "$dir"
