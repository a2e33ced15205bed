# fish completion for lorenzctl, made of what it prints with --help: a new option needs no word here.

function __lorenzctl_rows --argument-names pattern
    set -l words (commandline -opc)
    lorenzctl $words[2] --help 2>/dev/null | string replace -rf $pattern '$1\t$2'
end

complete -c lorenzctl -n __fish_use_subcommand -f -a "(__lorenzctl_rows '^  ([a-z]+|--[a-z]+) +(.*)')"
complete -c lorenzctl -n 'not __fish_use_subcommand' -a "(__lorenzctl_rows '^  (--[a-z0-9-]+)(?: [A-Z=]+)? +(.*)')"
complete -c lorenzctl -n 'not __fish_use_subcommand' -a "(__lorenzctl_rows '^  [A-Z]+  +((?:[a-z]+, )+[a-z]+) or ([a-z]+)\$' | string split -n , | string trim | string split \t)"
