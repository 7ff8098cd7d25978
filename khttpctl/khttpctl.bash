# SPDX-License-Identifier: MIT
# bash completion for khttpctl; asks the live system for names

# First column of a listing of the running module, without the titles
_khttpctl_live()
{
	khttpctl "${netns[@]}" "$@" 2>/dev/null | tail -n +2 | awk '{ print $1 }'
}

_khttpctl_limits()
{
	khttpctl "${netns[@]}" limits show 2>/dev/null | tail -n +2 | awk '{ print $1 }'
}

# Limits that a group may set
_khttpctl_group_limits()
{
	khttpctl "${netns[@]}" -j limits show 2>/dev/null |
		awk -F'"' '/"name":/ { name = $4 } /"per_group": true/ { print name }'
}

# What may be set instead of a number: the unit says so, "off|on"
_khttpctl_limit_words()
{
	echo default
	khttpctl "${netns[@]}" -j limits show "$1" 2>/dev/null |
		awk -F'"' '/"unit": ".*\|/ { gsub(/\|/, "\n", $4); print $4 }'
}

# Words that may follow; $1 is the first word of the keyword part
_khttpctl_keywords()
{
	local first=$1
	shift
	local i used=" "

	for ((i = first; i < nargs; i += 2)); do
		used+="${args[i]} "
	done
	for i in "$@"; do
		[[ $used == *" $i "* ]] || printf '%s\n' "$i"
	done
}

# Values that the keyword in front of the cursor takes
_khttpctl_value()
{
	case $1 in
	queue | delegates) _khttpctl_live queue list ;;
	group)		_khttpctl_live group list ;;
	owner)		compgen -u ;;
	redeliver)	echo never ;;
	retry-after)	echo none ;;
	verbosity)	printf '%s\n' full limited basic ;;
	state)		printf '%s\n' active inactive offline ;;
	mode)		printf '%s\n' 0600 0660 0666 ;;
	proxy)		printf '%s\n' off v1 v2 any ;;
	client-from)	printf '%s\n' none forwarded x-forwarded-for ;;
	trusted)	echo none ;;
	keepalive)	echo off ;;
	device)		echo any; (cd /sys/class/net && printf '%s\n' *) ;;
	address)	echo all ;;
	by)		printf '%s\n' hits memory ;;
	status)		printf '%s\n' 301 302 307 308 permanent temporary ;;
	esac
}

# A command's keyword part: names and values by turns
_khttpctl_pairs()
{
	local first=$1

	if (((nargs - first) % 2)); then
		_khttpctl_value "${args[nargs - 1]}"
	else
		_khttpctl_keywords "$@"
	fi
}

_khttpctl_queue()
{
	local settings=(length owner mode redeliver redeliver-body verbosity
		retry-after state delegates)

	case ${args[1]} in
	add | set)
		if ((nargs > 2)); then
			_khttpctl_pairs 3 "${settings[@]}"
		elif [[ ${args[1]} == set ]]; then
			_khttpctl_live queue list
		fi
		;;
	grant)
		case $prev in
		--socket)	compgen -f -- "$cur" ;;
		--owner)	compgen -u ;;
		--mode | --workers) ;;
		*)		printf '%s\n' --socket --mode --owner --workers
				_khttpctl_live queue list ;;
		esac
		;;
	revoke)
		printf '%s\n' --all --detach
		((nargs == 2)) && _khttpctl_live queue list
		((nargs == 3)) && _khttpctl_live queue grants "${args[2]}"
		;;
	del | show | grants | drain | pause | resume)
		((nargs == 2)) && _khttpctl_live queue list
		[[ ${args[1]} == drain ]] && ((nargs == 3)) && echo worker
		;;
	esac
}

# Behind the name: pairs of limit and value, and the door, whose parts have one to
# five words. So it is looked at the word in front, not at the number of words
_khttpctl_group_words()
{
	case ${args[nargs - 1]} in
	queue)		_khttpctl_live queue list ;;
	server)		printf '%s\n' on off ;;
	page)		printf '%s\n' 403 404 413 429 502 503 504 ;;
	maintenance)	printf '%s\n' on off ;;
	retry)		echo none ;;
	type)		printf '%s\n' text/html text/plain application/json ;;
	[45][0-9][0-9])
		[[ ${args[nargs - 2]} == page ]] && echo none && compgen -f -- "$cur"
		;;
	*)
		if _khttpctl_group_limits | grep -qxF -- "${args[nargs - 1]}"; then
			_khttpctl_limit_words "${args[nargs - 1]}"
			return
		fi
		[[ ${args[1]} == set ]] || _khttpctl_keywords 3 queue
		[[ ${args[nargs - 2]} != maintenance ]] || echo retry
		((nargs < 5)) || [[ ${args[nargs - 3]} != page ]] || echo type
		printf '%s\n' server page maintenance
		_khttpctl_group_limits
		;;
	esac
}

_khttpctl_group()
{
	case ${args[1]} in
	add | set)
		if ((nargs == 2)); then
			[[ ${args[1]} == add ]] || _khttpctl_live group list
		else
			_khttpctl_group_words
		fi
		;;
	del)
		echo --force
		((nargs == 2)) && _khttpctl_live group list
		;;
	show)
		((nargs == 2)) && _khttpctl_live group list
		;;
	esac
}

_khttpctl_filter()
{
	case ${args[1]} in
	add)
		((nargs == 2)) && _khttpctl_live group list
		((nargs == 3)) && echo at
		((nargs > 2)) && printf '%s\n' allow deny close rate not from method path \
			segment field
		[[ ${args[nargs - 1]} == rate ]] && _khttpctl_live rate list
		;;
	del | load | flush | list | test)
		((nargs == 2)) && _khttpctl_live group list
		[[ ${args[1]} == load ]] && ((nargs == 3)) && compgen -f -- "$cur"
		;;
	esac
}

_khttpctl_networks()
{
	case ${args[1]} in
	load | add | remove | del | show | test)
		((nargs == 2)) && _khttpctl_live networks list
		[[ ${args[1]} == load ]] && ((nargs == 3)) && compgen -f -- "$cur"
		;;
	esac
}

_khttpctl_rate()
{
	case ${args[1]} in
	set)
		((nargs == 2)) && _khttpctl_live rate list
		((nargs > 3)) && _khttpctl_pairs 4 burst ipv4 ipv6 addresses
		;;
	del)
		((nargs == 2)) && _khttpctl_live rate list
		;;
	esac
}

_khttpctl_url()
{
	case ${args[1]} in
	add)
		((nargs > 2)) && _khttpctl_pairs 3 queue group context redirect status
		;;
	del)
		((nargs == 2)) && _khttpctl_live url list
		;;
	match)
		if ((nargs == 2)); then
			_khttpctl_live url list
		else
			_khttpctl_pairs 3 at
		fi
		;;
	esac
}

_khttpctl_reservation()
{
	case ${args[1]} in
	add | check)
		case ${args[nargs - 1]} in
		user)	compgen -u ;;
		group)	compgen -g ;;
		*)
			((nargs > 2)) && printf '%s\n' user group
			[[ ${args[1]} == add ]] && ((nargs > 2)) &&
				printf '%s\n' delegate nolisten
			;;
		esac
		;;
	del)
		((nargs == 2)) && _khttpctl_live reservation list
		;;
	esac
}

_khttpctl_listener()
{
	case ${args[1]} in
	set)
		if ((nargs > 2)); then
			_khttpctl_pairs 3 proxy trusted client-from backlog \
				keepalive device address
		else
			_khttpctl_live listener list
		fi
		;;
	reset | show)
		((nargs == 2)) && _khttpctl_live listener list
		;;
	esac
}

_khttpctl_cache()
{
	case ${args[1]} in
	purge)
		printf '%s\n' --recursive --tag --all --soft
		khttpctl "${netns[@]}" cache list 2>/dev/null | tail -n +2 |
			awk '{ print $NF }'
		;;
	show)	printf '%s\n' --group ;;
	top)	_khttpctl_pairs 2 by count ;;
	limit)
		((nargs > 2)) && _khttpctl_pairs 3 object
		;;
	esac
}

_khttpctl_limits_command()
{
	case ${args[1]} in
	show)
		((nargs == 2)) && _khttpctl_limits
		;;
	set)
		if ((nargs % 2)); then
			_khttpctl_limit_words "${args[nargs - 1]}"
		else
			_khttpctl_limits
		fi
		;;
	esac
}

_khttpctl_reasons()
{
	khttpctl reason list | tail -n +2 | awk '{ print $1 }'
}

_khttpctl_errors()
{
	case $prev in
	--queue)	_khttpctl_live queue list ;;
	--group)	_khttpctl_live group list ;;
	--reason)	_khttpctl_reasons ;;
	--last)		;;
	*)		printf '%s\n' --follow --queue --reason --last ;;
	esac
}

_khttpctl_explain()
{
	((nargs == 1)) && _khttpctl_live queue list && _khttpctl_live url list
	((nargs < 2)) || _khttpctl_pairs 2 from method at
}

_khttpctl_top()
{
	case $prev in
	--delay | --count) ;;
	*)	printf '%s\n' --delay --batch --count ;;
	esac
}

_khttpctl_log()
{
	local words=(--format --fields)

	case $prev in
	--format)	printf '%s\n' w3c common combined json binary ;;
	--group)	_khttpctl_live group list ;;
	--queue)	_khttpctl_live queue list ;;
	--only)		printf '%s\n' errors successes ;;
	--roll)		printf '%s\n' size hourly daily weekly monthly ;;
	--fields)	echo all ;;
	--sample | --ring | --size) ;;
	*)
		[[ ${args[1]} == read ]] || words+=(--queue --group --only --sample --ring)
		[[ ${args[1]} == write ]] && words+=(--roll --size --local-time)
		printf '%s\n' "${words[@]}"
		[[ ${args[1]} == follow ]] || compgen -f -- "$cur"
		;;
	esac
}

_khttpctl_run()
{
	local values=(--config --workers --depth --idle --failures --backoff --backoff-max
		--start-limit --stop-limit --hang --recycle-time --recycle-requests
		--recycle-memory --user --env --memory-max --cpu-max --tasks-max)

	case " ${words[*]:0:cword} " in
	*" -- "*)
		compgen -c -f -- "$cur"
		return
		;;
	esac
	[[ $prev != --user ]] || compgen -u
	case " ${values[*]} " in
	*" $prev "*) ;;
	*)
		printf '%s\n' "${values[@]}" --on-demand --
		_khttpctl_live queue list
		;;
	esac
}

_khttpctl_verbs()
{
	case $1 in
	queue)	printf '%s\n' add set del list show grant grants revoke drain \
			pause resume ;;
	group)	printf '%s\n' add set del list show ;;
	filter)	printf '%s\n' add del load flush list test ;;
	networks)
		printf '%s\n' load add remove del list show test
		;;
	rate)	printf '%s\n' set del list ;;
	url)	printf '%s\n' add del list match ;;
	reservation)
		printf '%s\n' add del list check
		;;
	listener)	printf '%s\n' set reset list show ;;
	cache)	printf '%s\n' list top show purge limit ;;
	limits)	printf '%s\n' show set ;;
	stats)	echo --prometheus ;;
	explain)	_khttpctl_explain ;;
	top)	_khttpctl_top ;;
	run)	_khttpctl_run ;;
	apply)	printf '%s\n' --dry-run --keep --start && compgen -f -- "$cur" ;;
	errors)	_khttpctl_errors ;;
	log)	printf '%s\n' follow write read ;;
	reason)	printf '%s\n' list show ;;
	esac
}

_khttpctl_words()
{
	if ((nargs == 0)); then
		printf '%s\n' queue group filter networks rate url reservation listener cache limits \
			stats who explain top run apply export events errors log reason
	elif ((nargs == 1)); then
		_khttpctl_verbs "${args[0]}"
	else
		case ${args[0]} in
		queue)	_khttpctl_queue ;;
		group)	_khttpctl_group ;;
		filter)	_khttpctl_filter ;;
		networks)
			_khttpctl_networks
			;;
		rate)	_khttpctl_rate ;;
		url)	_khttpctl_url ;;
		reservation)
			_khttpctl_reservation
			;;
		listener)	_khttpctl_listener ;;
		cache)	_khttpctl_cache ;;
		limits)	_khttpctl_limits_command ;;
		errors)	_khttpctl_errors ;;
		explain)	_khttpctl_explain ;;
		top)	_khttpctl_top ;;
		log)	_khttpctl_log ;;
		run)	_khttpctl_run ;;
		reason)	((nargs == 2)) && [[ ${args[1]} == show ]] && _khttpctl_reasons ;;
		esac
	fi
	if [[ $cur == -* ]]; then
		printf '%s\n' --json --netns --help --version
	fi
}

_khttpctl()
{
	local cur prev words cword args=() netns=() nargs i

	# URLs hold colons, which bash takes for the ends of words
	_get_comp_words_by_ref -n : cur prev words cword
	if [[ $prev == -n || $prev == --netns ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(cd /run/netns 2>/dev/null && ls)" -- "$cur")
		return
	fi
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		-n | --netns)
			netns=(-n "${words[++i]}")
			;;
		-*) ;;
		*)
			args+=("${words[i]}")
			;;
		esac
	done
	nargs=${#args[@]}
	# The words are data, possibly from clients: never expanded by the shell
	COMPREPLY=()
	while IFS= read -r i; do
		[[ $i == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$i")")
	done < <(_khttpctl_words)
	__ltrim_colon_completions "$cur"
}

complete -F _khttpctl khttpctl
