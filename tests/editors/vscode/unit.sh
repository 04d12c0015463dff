#!/usr/bin/env bash
# Runs the tests that need no editor with the Node in NODE, and counts as the other tests do.
set -uo pipefail

output=$("$NODE" --test --test-reporter=tap "$(dirname "$0")"/*.test.ts)
grep -E '^(not )?ok ' <<< "$output" | sed -E 's/^ok [0-9]+ -/ok:/; s/^not ok [0-9]+ -/FAILED:/'
grep -qE '^not ok' <<< "$output" && echo "$output"
good=$(sed -nE 's/^# pass ([0-9]+)$/\1/p' <<< "$output")
bad=$(sed -nE 's/^# fail ([0-9]+)$/\1/p' <<< "$output")
echo "${good:-0} passed, ${bad:-1} failed, 0 skipped"
