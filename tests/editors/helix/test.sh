#!/usr/bin/env bash
# Helix in a terminal of its own, with editors/helix/languages.toml: what a user does in each of the three languages.
# WORKSPACE names the folder of the files, CONFIGURATION that file.
set -uo pipefail

socket=$(mktemp -u)
home=$(mktemp -d)
trap 'tmux -S "$socket" kill-server 2> /dev/null; rm -rf "$home"' EXIT
mkdir -p "$home/.config/helix"
cp "$CONFIGURATION" "$home/.config/helix/languages.toml"
# Findings are shown in full below their line.
printf '[editor]\nend-of-line-diagnostics = "hint"\n[editor.inline-diagnostics]\ncursor-line = "hint"\nother-lines = "hint"\n' \
  > "$home/.config/helix/config.toml"
passed=0
failed=0

screen() { tmux -S "$socket" capture-pane -p 2> /dev/null; }
keys() { tmux -S "$socket" send-keys "$@"; }

# shows TEXT: waits until the terminal does.
shows() {
  local turn
  for turn in $(seq 150); do
    screen | grep -qF -- "$1" && return
    sleep 0.1
  done
  echo "waited in vain for: $1"
  screen
  return 1
}

# hides TEXT: waits until the terminal does not show it.
hides() {
  local turn
  for turn in $(seq 150); do
    screen | grep -qF -- "$1" || return 0
    sleep 0.1
  done
  echo "waited in vain for the end of: $1"
  screen
  return 1
}

# mended FILE MESSAGE TITLE LINE PATTERN: opens the file, applies the action, and looks at what is saved.
mended() {
  local file=$1 message=$2 title=$3 line=$4 pattern=$5
  tmux -S "$socket" -f /dev/null new-session -d -x 140 -y 45 -c "$WORKSPACE" \
    env HOME="$home" XDG_CONFIG_HOME="$home/.config" XDG_CACHE_HOME="$home/.cache" PATH="$PATH" hx "$file:$line" || return 1
  shows "$message" || return 1
  # To the finding itself, then what can be done there.
  keys ']' d
  sleep 0.3
  keys Space a
  shows "$title" || return 1
  keys Enter
  # The file is changed, and the finding has gone.
  shows "$file [+]" || return 1
  hides "$message" || return 1
  # An Escape that another key follows at once would be Alt.
  keys Escape
  sleep 0.3
  keys ':' 'w' 'q' Enter
  local turn
  for turn in $(seq 100); do
    tmux -S "$socket" has-session 2> /dev/null || break
    sleep 0.1
  done
  sed -n "${line}p" "$WORKSPACE/$file" | grep -qE "$pattern" || { echo "line $line is: $(sed -n "${line}p" "$WORKSPACE/$file")"; return 1; }
}

# check WHAT ARGUMENTS...
check() {
  local what=$1 reason
  shift
  if reason=$(mended "$@"); then
    echo "ok: $what"
    passed=$((passed + 1))
  else
    echo "FAILED: $what: $reason"
    failed=$((failed + 1))
  fi
  tmux -S "$socket" kill-server 2> /dev/null
}

check "a Dockerfile" Dockerfile 'is deprecated' 'ay it in a label' 2 '^LABEL org\.opencontainers\.image\.authors='
check "a compose file" compose.yaml 'means nothing to compose' 'emove it' 1 '^services:'
check "a manifest" k8s/web.yaml 'is no quantity' 'rite `64Mi`' 23 'memory: 64Mi$'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
