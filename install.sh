#!/bin/sh
# Installs kubectl-mc for this user: a virtual environment of its own, two links on PATH, completions. No root needed.
#
# Everything lies in one folder; what is put elsewhere are links into it, so that it can be told apart from other
# people's files. Each installation is a new folder `releases/N`: until it is complete, the old one stays in use.
set -eu

DATA=${XDG_DATA_HOME:-$HOME/.local/share}
ROOT=$DATA/kubectl-mc
SOURCE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
COMMANDS='kubectl-mc kubectl_complete-mc'

usage() {
    cat <<'END'
Usage: ./install.sh [--bin-dir DIR] [--python PATH]
       ./install.sh --uninstall

Installs kubectl-mc for this user, from the folder that this script lies in. Run it again to upgrade.

  --bin-dir DIR   Where to link the commands (default: ~/.local/bin or ~/bin, whichever is on PATH).
  --python PATH   The Python to use, 3.11 or newer (default: the newest found).
  --uninstall     Remove what was installed.
  -h, --help      This text.
END
}

fail() { # message, hint, exit code
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit "${3:-1}"
}

recent() { # a Python that exists, starts, and is 3.11 or newer
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "$PYTHON" ]; then
        command -v "$PYTHON" >/dev/null 2>&1 || fail "no Python at $PYTHON" "check --python" 2
        recent "$PYTHON" || fail "$PYTHON is $("$PYTHON" --version 2>&1 | head -n 1); 3.11 or newer is needed" \
            "name another one with --python PATH"
        return
    fi
    for PYTHON in python3.13 python3.12 python3.11 python3; do
        if recent "$PYTHON"; then return; fi
    done
    found=$(python3 --version 2>&1) || found='no Python'
    fail "Python 3.11 or newer is needed; there is $found" \
        "install it (Debian 12, Ubuntu 24.04: sudo apt install python3 python3-venv), or pass --python PATH"
}

on_path() {
    case ":$PATH:" in *":$1:"*) return 0 ;; esac
    return 1
}

find_bin_dir() {
    if [ -z "$BIN" ]; then
        BIN=$HOME/.local/bin
        for candidate in "$HOME/.local/bin" "$HOME/bin"; do
            if on_path "$candidate" && { [ ! -e "$candidate" ] || [ -w "$candidate" ]; }; then
                BIN=$candidate
                break
            fi
        done
    fi
    if ! make_folder "$BIN" || [ ! -w "$BIN" ]; then
        fail "$BIN cannot be written" "name a directory of your own with --bin-dir DIR"
    fi
    BIN=$(CDPATH='' cd -- "$BIN" && pwd)
}

make_folder() { # and its parents; what is new is remembered, to be removed with the rest
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname -- "$1")" && mkdir -- "$1" 2>/dev/null && FOLDERS="$1
$FOLDERS"
}

remove_folders() { # those on stdin, where they are empty
    while IFS= read -r folder; do
        [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || :
    done
}

ours() { # whether a path is a link that this script made
    case $(readlink -- "$1" 2>/dev/null) in "$ROOT"/*) return 0 ;; esac
    return 1
}

foreign() { # whether something is there that is not ours
    { [ -e "$1" ] || [ -L "$1" ]; } && ! ours "$1"
}

link() { # target, path: replaces our own link in one step
    make_folder "$(dirname -- "$2")" && ln -s -- "$1" "$2.$$" && mv -f -- "$2.$$" "$2" || return 1
    grep -qxF -- "$2" "$ROOT/links" 2>/dev/null || printf '%s\n' "$2" >>"$ROOT/links"
}

link_completion() { # file in completions/, path
    if foreign "$2"; then
        printf 'note: %s exists and is not from here; it is left as it is\n' "$2" >&2
    elif ! link "$NEW/completions/$1" "$2" 2>/dev/null; then
        printf 'note: %s cannot be written: no completion there\n' "$2" >&2
    fi
}

install() {
    find_python
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    find_bin_dir
    for name in $COMMANDS; do
        if foreign "$BIN/$name"; then
            fail "$BIN/$name exists and is not from here; it is left as it is" \
                "remove it, or choose another directory with --bin-dir DIR"
        fi
    done
    "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$PYTHON lacks venv or ensurepip" \
            "Debian, Ubuntu: sudo apt install python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"

    make_folder "$ROOT/releases" || fail "$ROOT cannot be written" "set XDG_DATA_HOME to a directory of your own"
    number=1
    while ! mkdir -- "$ROOT/releases/$number" 2>/dev/null; do number=$((number + 1)); done
    NEW=$ROOT/releases/$number

    printf 'Installing with %s ...\n' "$("$PYTHON" --version 2>&1)"
    "$PYTHON" -m venv -- "$NEW" >"$NEW.log" 2>&1 || failed_with "$NEW.log" "the virtual environment cannot be made"
    "$NEW/bin/python" -m pip install --disable-pip-version-check --quiet -- "$SOURCE" >"$NEW.log" 2>&1 ||
        failed_with "$NEW.log" "pip cannot install $SOURCE"
    "$NEW/bin/kubectl-mc" version >"$NEW.log" 2>&1 || failed_with "$NEW.log" "what was installed does not run"
    version=$(cat -- "$NEW.log")
    rm -f -- "$NEW.log"
    cp -R -- "$SOURCE/completions" "$NEW/completions"

    KEEP=yes
    for name in $COMMANDS; do
        link "$NEW/bin/$name" "$BIN/$name" || fail "$BIN/$name cannot be written" "run this again when it can"
    done
    link_completion kubectl-mc.bash "${BASH_COMPLETION_USER_DIR:-$DATA/bash-completion}/completions/kubectl-mc"
    link_completion _kubectl-mc "$DATA/zsh/site-functions/_kubectl-mc"
    link_completion kubectl-mc.fish "${XDG_CONFIG_HOME:-$HOME/.config}/fish/completions/kubectl-mc.fish"
    for release in "$ROOT"/releases/*; do
        [ "$release" = "$NEW" ] || rm -rf -- "$release"
    done
    printf 'Installed %s: %s\n' "$version" "$BIN/kubectl-mc"
    report_path
    report_zsh
    if command -v kubectl >/dev/null 2>&1; then
        printf 'Try: kubectl mc demo status\n'
    else
        printf 'Try: kubectl-mc demo status (kubectl itself is not on PATH)\n'
    fi
}

clean_up() { # at every end: before the links are set, all that is new goes again
    if [ -n "$KEEP" ]; then
        printf '%s' "$FOLDERS" >>"$ROOT/folders"
    else
        [ -z "$NEW" ] || rm -rf -- "$NEW" "$NEW.log"
        printf '%s' "$FOLDERS" | remove_folders
    fi
}

failed_with() { # log, message
    tail -n 5 -- "$1" >&2
    rm -f -- "$1"
    fail "$2" "its last words stand above; what was installed before is as it was"
}

report_path() {
    if ! on_path "$BIN"; then
        case ${SHELL:-} in
            */zsh) file=${ZDOTDIR:-$HOME}/.zshrc line="export PATH=\"$BIN:\$PATH\"" ;;
            */fish) file=${XDG_CONFIG_HOME:-$HOME/.config}/fish/config.fish line="fish_add_path \"$BIN\"" ;;
            */bash) file=$HOME/.bashrc line="export PATH=\"$BIN:\$PATH\"" ;;
            *) file=$HOME/.profile line="export PATH=\"$BIN:\$PATH\"" ;;
        esac
        printf 'note: %s is not on PATH. Add this line to %s and open a new shell:\n  %s\n' "$BIN" "$file" "$line" >&2
    fi
    first=$(command -v kubectl-mc 2>/dev/null || :)
    if [ -n "$first" ] && [ "$first" != "$BIN/kubectl-mc" ] && ! ours "$first"; then
        printf 'note: "kubectl mc" runs %s, which comes first on PATH (%s).\nhint: put %s before it to run this one\n' \
            "$first" "Krew's multi-cluster plugin mc has the same name" "$BIN" >&2
    fi
}

report_zsh() {
    case ${SHELL:-} in
        */zsh) printf 'note: zsh completes kubectl-mc with this line before compinit in %s:\n  %s\n' \
            "${ZDOTDIR:-$HOME}/.zshrc" "fpath=(\"$DATA/zsh/site-functions\" \$fpath)" >&2 ;;
    esac
}

uninstall() {
    if [ ! -d "$ROOT" ]; then
        printf 'Nothing is installed at %s\n' "$ROOT"
        return
    fi
    if [ -f "$ROOT/links" ]; then
        while IFS= read -r path; do
            if ours "$path"; then
                rm -f -- "$path"
            elif foreign "$path"; then
                printf 'note: %s is not from here; it is left as it is\n' "$path" >&2
            fi
        done <"$ROOT/links"
    fi
    FOLDERS=$(cat -- "$ROOT/folders" 2>/dev/null || :)
    rm -rf -- "$ROOT" "${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-mc"
    printf '%s\n' "$FOLDERS" | sort -r | remove_folders
    printf 'Removed kubectl-mc from %s\n' "$ROOT"
}

BIN='' PYTHON='' ACTION=install NEW='' KEEP='' FOLDERS=''
while [ $# -gt 0 ]; do
    case $1 in
        --bin-dir | --python)
            [ -n "${2:-}" ] || fail "$1 needs a value" "./install.sh --help" 2
            if [ "$1" = --python ]; then PYTHON=$2; else BIN=$2; fi
            shift
            ;;
        --bin-dir=*) BIN=${1#*=} ;;
        --python=*) PYTHON=${1#*=} ;;
        --uninstall) ACTION=uninstall ;;
        -h | --help) usage && exit 0 ;;
        *) fail "unknown word: $1" "./install.sh --help" 2 ;;
    esac
    shift
done
$ACTION
