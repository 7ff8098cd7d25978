# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the shell cases in tests/vm/cases/ have in common. A case sources it
# first:
#
#	. "${0%/*}/../lib.sh"
#
# and ends with 0 (passed), 1 (failed) or 77 (skipped, last line says why).
# Any command that fails ends the case as failed, unless a condition catches it.
# The case starts with the module freshly loaded, in an empty directory of its
# own; whatever it leaves running is killed, but queues and prefixes made
# through the helpers below are also deleted, so that their end is tested.
#
# On a debug kernel a process start is a tenth of a second, or two for curl, and most
# of what a case costs: what bash can do by itself, the helpers here let it do.

set -eEu -o pipefail

top=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
case_name=${KHTTP_CASE:-${0##*/}}
programs=$top/tests/vm/programs
workers=()
queues=()
prefixes=()
namespaces=()
on_exit=()

# ---------------------------------------------------------------- verdicts

# What a case that failed ends with: nothing that it runs does
failed=70

fail() {
	echo "FAILED: $*" >&2
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		echo "    at ${BASH_SOURCE[i]}:${BASH_LINENO[i - 1]}" >&2
	done
	trap - ERR
	exit $failed
}

skip() {
	echo "$*"
	exit 77
}

# Prints and runs: a log without the commands is of no use.
run() {
	echo "+ $*" >&2
	"$@"
}

# The number for the current size: S, M or L of tests/vm/sizes. KHTTP_SECONDS
# says otherwise for how long a case goes on: make fuzz MINUTES=n.
size() { # what
	local name what S M L

	if [ "$1" = seconds ] && [ -n "${KHTTP_SECONDS-}" ]; then
		echo "$KHTTP_SECONDS"
		return
	fi
	while read -r name what S M L; do
		[ "$name $what" = "$case_name $1" ] || continue
		local -n n=${KHTTP_SIZE:-M}
		[ -n "$n" ] || break
		echo "$n"
		return
	done <"$top/tests/vm/sizes"
	fail "tests/vm/sizes has no row '$case_name $1'"
}

# -------------------------------------------------------------- assertions

assert_eq() { # what, got, expected
	[ "$2" = "$3" ] || fail "$1: got '$2', expected '$3'"
}

assert_ne() { # what, got, unexpected
	[ "$2" != "$3" ] || fail "$1: is '$2'"
}

# Compares numbers: assert_num "waiting" "$n" -le 5
assert_num() { # what, got, operator, expected
	[[ $2 =~ ^-?[0-9]+$ ]] || fail "$1: '$2' is not a number"
	[ "$2" "$3" "$4" ] || fail "$1: $2 is not $3 $4"
}

assert_match() { # what, text, regex
	[[ $2 =~ $3 ]] || fail "$1: '$2' does not match '$3'"
}

assert_same_file() { # got, expected
	cmp "$1" "$2" || fail "$1 differs from $2"
}

# Whether a line of the file matches. Not by read: it goes back to the end of its line,
# which a file in /proc refuses once the process is gone, and what the shell has read
# beyond it is then the beginning of whatever is read next.
says() { # regex, file
	local line lines

	mapfile -t lines <"$2"
	for line in "${lines[@]}"; do
		[[ ! $line =~ $1 ]] || return 0
	done
	return 1
}

# Runs a command that must fail with the status and say the regex on stderr.
assert_refused() { # status, regex, command...
	local want=$1 regex=$2 status=0

	shift 2
	echo "+ $*   (must fail with $want)" >&2
	"$@" >refused.out 2>refused.err || status=$?
	echo "$(<refused.err)" >&2
	[ $status = "$want" ] || fail "'$*' ended with $status, expected $want"
	says "$regex" refused.err || fail "'$*' does not say '$regex'"
}

# ------------------------------------------------------------- waiting

# A moment between two looks. Nothing is ever read from there; a sleep would be a
# process, which is most of what a look costs.
exec {never}<> <(:)
pause() {
	read -rt 0.05 -u "$never" || :
}

# wait_for [-t SECONDS] COMMAND...: until it succeeds, at most 60 s. There is no
# other way to wait: a fixed sleep is too long here and too short there.
wait_for() {
	local seconds=60 end

	if [ "$1" = -t ]; then
		seconds=$2
		shift 2
	fi
	end=$((SECONDS + seconds + 1))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "not within $seconds s: $*"
		pause
	done
}

not() {
	! "$@"
}

process_gone() { # pid
	! kill -0 "$1" 2>/dev/null || says '^State:.Z' "/proc/$1/status"
}

# Milliseconds since boot: for bounds on how long something took.
now_ms() {
	local up

	read -r up _ </proc/uptime
	echo "${up/./}0"
}

# ------------------------------------------------- queues, prefixes, workers

# KHTTP_NETNS=name makes all of these work in that network namespace.
in_ns() {
	if [ -n "${KHTTP_NETNS-}" ]; then
		ip netns exec "$KHTTP_NETNS" "$@"
	else
		"$@"
	fi
}

# The same as the last act of a background process: its pid is the command's.
become_in_ns() {
	if [ -n "${KHTTP_NETNS-}" ]; then
		exec ip netns exec "$KHTTP_NETNS" "$@"
	fi
	exec "$@"
}

ctl() {
	echo "+ khttpctl ${KHTTP_NETNS:+-n $KHTTP_NETNS }$*" >&2
	khttpctl ${KHTTP_NETNS:+-n "$KHTTP_NETNS"} "$@"
}

ctl_quiet() {
	khttpctl ${KHTTP_NETNS:+-n "$KHTTP_NETNS"} "$@"
}

# A member of the outermost object: member NAME TEXT. Without jq, which costs as much
# as five khttpctl; most of what a case does is to ask for one number.
member() {
	local value=$'\n  "'$1$'": "?([^",\n]*)'

	[[ $2 =~ $value && ${BASH_REMATCH[1]} != null ]] || fail "no '$1' in: $2"
	echo "${BASH_REMATCH[1]}"
}

# json FILTER COMMAND...: the value that jq's FILTER takes from khttpctl -j.
json() {
	local filter=$1 shown

	shift
	shown=$(ctl_quiet -j "$@")
	if [[ $filter =~ ^\.[a-z_]+$ ]]; then
		member "${filter#.}" "$shown"
	else
		jq -er "$filter" <<<"$shown"
	fi
}

add_netns() { # name
	run ip netns add "$1"
	run ip -n "$1" link set lo up
	namespaces+=("$1")
}

add_queue() { # name [khttpctl's words]
	ctl queue add "$@"
	queues+=("${KHTTP_NETNS-}:$1")
}

add_url() { # prefix, queue
	ctl url add "$1" queue "$2"
	prefixes+=("${KHTTP_NETNS-}:$1")
}

queue_value() { # queue, member of its own
	json ".$2" queue show "$1"
}

# Processes; each of their threads may be a worker of its own.
worker_processes() { # queue
	local shown pid='"pid": ([0-9]+)(.*)'
	local -A pids=()

	shown=$(ctl_quiet -j queue show "$1")
	shown=${shown%%'"supervisor"'*}
	while [[ $shown =~ $pid ]]; do
		pids[${BASH_REMATCH[1]}]=1
		shown=${BASH_REMATCH[2]}
	done
	echo ${#pids[@]}
}

workers_attached() { # queue, number of processes
	[ "$(worker_processes "$1")" = "$2" ]
}

# The user's own group, in $gid.
find_gid() { # user
	local name

	while IFS=: read -r name _ _ gid _; do
		[ "$name" != "$1" ] || return 0
	done </etc/passwd
	fail "no user '$1'"
}

# start_worker COMMAND...: as an unprivileged user, its pid in $worker. The
# program and its log are named in what a failing case prints.
start_worker() {
	start_worker_as nobody "$@"
}

start_worker_as() { # user, command...
	local user=$1 gid

	shift
	find_gid "$user"
	echo "+ [$user] $* &" >&2
	become_in_ns setpriv --reuid "$user" --regid "$gid" --clear-groups \
		"$@" >>worker.log 2>&1 &
	worker=$!
	workers+=("$worker")
}

# start_echo QUEUE [options]: khttp-echo, and waits until it is attached.
start_echo() {
	local before

	before=$(worker_processes "$1")
	start_worker khttp-echo --queue "$@"
	wait_for workers_attached "$1" $((before + 1))
}

start_files() { # queue, dir [options]
	local queue=$1 before

	shift
	before=$(worker_processes "$queue")
	start_worker khttp-files --queue "$queue" "$@"
	wait_for workers_attached "$queue" $((before + 1))
}

# kill_worker SIGNAL PID: and waits for the end of the process.
kill_worker() {
	echo "+ kill -$1 $2" >&2
	kill "-$1" "$2"
	wait_for process_gone "$2"
	wait "$2" 2>/dev/null || true
}

as_user() { # user, command...
	local user=$1 gid

	shift
	find_gid "$user"
	in_ns setpriv --reuid "$user" --regid "$gid" --clear-groups "$@"
}

# ------------------------------------------------------------- HTTP

# A GET of one URL that curl would send as it is, with no options but fields: in
# $url and $fields.
is_plain_get() { # curl's options
	url= fields=()
	while [ $# -gt 0 ]; do
		case $1 in
		-H)
			[[ ${2-} == *:* && $2 != *@* ]] || return 1
			fields+=("$2")
			shift 2 ;;
		http://[0-9]* | http://localhost* | "http://[::1]"*)
			[[ -z $url && ${1#"http://[::1]"} != *[][{}#@\"\\\ ]* && $1 != */.* ]] || return 1
			url=$1
			shift ;;
		*)
			return 1 ;;
		esac
	done
	[ "$url" ]
}

# fetch URL [curl's options]: sets $status, $headers (a file) and $body (a file).
fetch() {
	local url fields

	headers=$PWD/headers body=$PWD/body
	# What the client is matters on the stock kernels, where it is curl
	if [[ ${KHTTP_VM-} == debug* && -z ${KHTTP_NETNS-} ]] && is_plain_get "$@"; then
		echo "+ fetch $*" >&2
		status=$("$top/build/user/tests/fetch" "$headers" "$body" "$url" "${fields[@]}") ||
			fail "fetch $*: exit status $?"
		return
	fi
	echo "+ curl $*" >&2
	status=$(in_ns curl -sS --max-time 60 -D "$headers" -o "$body" \
		-w '%{http_code}' "$@") || fail "curl $*: exit status $?"
}

assert_status() { # status, url [curl's options]
	local want=$1

	shift
	fetch "$@"
	[ "$status" = "$want" ] || {
		cat "$headers" "$body" >&2
		fail "$1: status $status, expected $want"
	}
}

# The value of a field of the last fetch, without its line end.
header() { # name
	local name line value=

	while IFS= read -r line; do
		name=${line%%:*}
		[[ ${name,,} != "${1,,}" || $line != *$'\r' ]] || value=${line#*:}
	done <"$headers"
	value=${value%$'\r'}
	echo "${value#"${value%%[! ]*}"}"
}

# raw PORT [HOST]: sends stdin as it is and prints all that comes back until
# the server closes or is silent for 5 s.
raw() {
	in_ns python3 -c '
import socket, sys
s = socket.create_connection((sys.argv[2], int(sys.argv[1])), 10)
s.sendall(sys.stdin.buffer.read())
s.settimeout(5)
try:
    while data := s.recv(65536):
        sys.stdout.buffer.write(data)
except TimeoutError:
    pass
except ConnectionResetError:
    sys.stdout.buffer.write(b"[reset]")
' "$1" "${2:-127.0.0.1}"
}

# The status of the first answer in a raw exchange.
raw_status() { # text
	local status

	read -r _ status _ <<<"$1"
	echo "$status"
}


# One figure of khttpctl stats: figure NAME, or figure NAME queue Q, reason WORD.
figure() {
	local shown figure value=$'"value": ([0-9]+)' found=

	shown=$(ctl_quiet -j stats)
	while IFS= read -rd '}' figure; do
		[[ $figure == *"\"name\": \"$1\""* ]] || continue
		[[ -z ${2-} || $figure == *"\"$2\": \"$3\""* ]] || continue
		[[ $figure =~ $value ]] || break
		echo "${BASH_REMATCH[1]}"
		found=1
	done <<<"$shown"
	[ "$found" ] || fail "no figure $*"
}

# ------------------------------------------------------------- the end

# at_exit COMMAND...: run when the case ends, latest first.
at_exit() {
	on_exit+=("$(printf '%q ' "$@")")
}

clean_up() {
	local status=$? i item

	trap - EXIT ERR
	set +eE
	# What one of them waits for in vain does not keep the rest from being done
	for ((i = ${#on_exit[@]} - 1; i >= 0; i--)); do
		(eval "${on_exit[i]}")
		[ $? != $failed ] || status=$failed
	done
	for item in "${prefixes[@]}"; do
		KHTTP_NETNS=${item%%:*} ctl_quiet url del "${item#*:}" >/dev/null 2>&1
	done
	for item in "${queues[@]}"; do
		KHTTP_NETNS=${item%%:*} ctl_quiet queue del "${item#*:}" >/dev/null 2>&1
	done
	[ ${#workers[@]} = 0 ] || kill -KILL "${workers[@]}" 2>/dev/null
	for item in "${namespaces[@]}"; do
		ip netns del "$item"
	done
	if [ $status != 0 ] && [ $status != 77 ] && [ -s worker.log ]; then
		echo "what the workers wrote:" >&2
		tail -n 40 worker.log >&2
	fi
	exit $status
}

# Of a program that is written in a case its first line will do
command_failed() { # command
	fail "a command failed: ${1%%$'\n'*}"
}

trap clean_up EXIT
trap 'command_failed "$BASH_COMMAND"' ERR
