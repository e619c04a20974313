# Makes a temporary folder beneath $1, prints its path, and reads what is
# started and what has ended there. When the pipe is closed it stops what still
# runs and removes the folder.
trap '' HUP INT QUIT TERM
dir=$(mktemp -d "$1/pgXXXXXX") || exit 1
cd / || exit 1
echo "$dir"
exec >/dev/null 2>&1

running=
while read -r word pid; do
	rest=
	for other in $running; do
		[ "$other" = "$pid" ] || rest="$rest $other"
	done
	running=$rest
	[ "$word" != started ] || running="$running $pid"
done

# A process that ended and that nobody waited for is there as a zombie.
runs() {
	kill -0 "$1" && ! grep -q '^State:.Z' "/proc/$1/status"
}

for pid in $running; do
	kill -QUIT "$pid" # PostgreSQL: shut down immediately
	kill -CONT "$pid"
done
for pid in $running; do
	i=0
	while runs "$pid"; do
		i=$((i + 1))
		[ $i -lt 500 ] || kill -KILL "$pid"
		[ $i -lt 600 ] || break
		sleep 0.02
	done
done

# A server that was killed leaves a segment of System V shared memory; the file
# that says which one is there until a server stops in order.
for file in "$dir"/*/postmaster.pid; do
	[ -f "$file" ] || continue
	set -- $(sed -n 7p "$file")
	[ $# -ne 2 ] || ipcrm -m "$2"
done
rm -rf "$dir"
