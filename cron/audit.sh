#!/bin/sh
# What cron runs for a workspace: one audit.
#
#   audit.sh PROGRAM WORKSPACE MINUTES
#
# What the audit says goes to WORKSPACE/logs/audit.log. It is printed too, so that cron mails it, when the audit did
# not end well: at once, and then once a day while the same is wrong. The exit code is the audit's own.
set -u
program=$1 workspace=$2 minutes=$3
logs=$workspace/logs
mkdir -p "$logs" || exit 2
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT

# The audit keeps its time limit by itself; this ends one that hangs. Not every system has `timeout`.
guard=
if command -v timeout >/dev/null 2>&1; then guard="timeout --kill-after=60 $((minutes * 60 + 300))"; fi
$guard "$program" -w "$workspace" audit --time-limit "${minutes}m" >"$said" 2>&1
code=$?

# One older log is kept, so that the folder stays small for years.
if [ -f "$logs/audit.log" ] && [ "$(wc -c <"$logs/audit.log")" -gt 1000000 ]; then
    mv "$logs/audit.log" "$logs/audit.log.1"
fi
{ echo "== $(date +%Y-%m-%dT%H:%M:%S%z) exit code $code"; cat "$said"; } >>"$logs/audit.log"

now="$code $(date +%F)"
before=$(cat "$logs/last-exit" 2>/dev/null)
echo "$now" >"$logs/last-exit"
if [ "$code" -ne 0 ] && [ "$now" != "$before" ]; then
    echo "rollbook: the audit of $workspace ended with exit code $code; docs/commands.md says what each code means."
    cat "$said"
fi
exit "$code"
