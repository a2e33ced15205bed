# bash completion for lorenzctl and lorenzd, made of what they print with --help: a new option needs no word here.
# shellcheck shell=bash

# _lorenz_row NAME: argument and text of a row of the help on standard input, "FILE<tab>the configuration".
_lorenz_row()
{
	awk -v name="$1" '
		/^  [^ ]/ { sub(/^ +/, ""); at = match($0, /  +/); left = at ? substr($0, 1, at - 1) : $0; text = substr($0, at + RLENGTH) }
		/^$/ || !left { next }
		{ n = split(left, word, /,? +/); left = "" }
		{ for (i = 1; i <= n; i++) if (word[i] == name) { print (word[n] ~ /^[A-Z]+$/ ? word[n] : "") "\t" text; exit } }'
}

# _lorenz_words ROW: a file, or one of the words that the text lists ("a, b or c").
_lorenz_words()
{
	local argument=${1%%$'\t'*} text=${1#*$'\t'}

	case $argument in
	FILE | CSV) _filedir ;;
	*)
		text=${text// (default)/}
		[[ $text =~ ^([a-z]+, )+[a-z]+\ or\ [a-z]+$ ]] && text=${text//,/} &&
			mapfile -t COMPREPLY < <(compgen -W "${text/ or / }" -- "$cur")
		;;
	esac
}

_lorenz()
{
	# shellcheck disable=SC2034 # _init_completion sets it
	local split
	local cur prev words cword help row command=()

	_init_completion -s || return
	[[ ${1##*/} == lorenzctl ]] && ((cword > 1)) && command=("${words[1]}")
	help=$("$1" "${command[@]}" --help 2>/dev/null) || return
	row=$(_lorenz_row "$prev" <<<"$help")
	if [[ $prev == -* && $row == [A-Z]* ]]; then
		_lorenz_words "$row"
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '^  +(-[a-zA-Z], )?--[a-z0-9-]+' <<<"$help")" -- "$cur")
	elif [[ ${1##*/} == lorenzctl ]] && ((cword == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(sed -nE 's/^  ([a-z]+)  .*/\1/p' <<<"$help")" -- "$cur")
	else
		row=$(grep -m 1 -oE '^  [A-Z]+ ' <<<"$help") && _lorenz_words "$(_lorenz_row "${row//[ ]/}" <<<"$help")"
	fi
} && complete -F _lorenz lorenzctl lorenzd
