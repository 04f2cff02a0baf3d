# bash completion for `kubectl-mc`. For `kubectl mc`, kubectl's own completion asks kubectl_complete-mc itself.

_kubectl_mc() {
    local word glue='' current lines line directive value prefix
    local -a words
    words=()
    COMPREPLY=()
    # bash takes words apart at = and :, which stand inside flags and names: put them together again.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        glue=''
        [[ $word == *[=:] ]] && glue=1
    done
    current=${words[${#words[@]} - 1]}
    lines=$(kubectl_complete-mc "${words[@]}" 2>/dev/null) || return
    directive=${lines##*:}
    lines=${lines%:*}
    # What bash has already taken off the word must not come with the candidates either.
    [[ $current == -*=* ]] && current=${current#*=}
    prefix=''
    [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && prefix=${current%"${current##*:}"}
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        [[ -n $value ]] && COMPREPLY+=("${value#"$prefix"}")
    done <<<"$lines"
    # bash 3.2 has no compopt.
    type compopt >/dev/null 2>&1 || return 0
    ((directive & 2)) && compopt -o nospace
    ((directive & 4)) || compopt -o default
    return 0
}

complete -F _kubectl_mc kubectl-mc
