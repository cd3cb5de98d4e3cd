# Completion of deskbell(1) for bash. Commands and options come from the program's own help, so
# that a new one needs no line here.
_deskbell()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local commands command=${COMP_WORDS[1]}

    commands=$(deskbell help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
    if [ "$COMP_CWORD" = 1 ] || { [ "$COMP_CWORD" = 2 ] && [ "$command" = help ]; }; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    elif [ "$before" = -c ] || [ "$before" = -f ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    elif [ "${word#-}" != "$word" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(deskbell help "$command" 2>/dev/null |
            grep -oE -- '(^|[][ |])-(-[a-z-]+|[a-z])' | tr -d '][ |' | sort -u)" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _deskbell deskbell
