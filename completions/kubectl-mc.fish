# fish completion for `kubectl-mc`. For `kubectl mc`, kubectl's own completion asks kubectl_complete-mc itself.

function __kubectl_mc_candidates
    set -l words (commandline --cut-at-cursor --tokenize --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    set -e words[1]
    set -l lines (kubectl_complete-mc $words "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string sub --start 2 -- $lines[-1])
    set -e lines[-1]
    # Candidates for a flag's value come without the flag, and fish wants the whole word.
    set -l flag (string match --regex -- '^-.*?=' "$current")
    for line in $lines
        echo -- "$flag$line"
    end
    if test (count $lines) -eq 0; and test (math "$directive % 8") -lt 4
        set -l path (string replace -- "$flag" '' "$current")
        string replace --regex -- '^' "$flag" (__fish_complete_path $path)
    end
end

complete --command kubectl-mc --no-files --keep-order --arguments '(__kubectl_mc_candidates)'
