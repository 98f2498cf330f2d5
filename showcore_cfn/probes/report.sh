#!/bin/sh
# What a probe says: a line for each thing it looked at - verdict, name and what it saw, parted by tabs.
# The verdict is passed, failed, or blind where nothing could be seen.
probe_code=0

says() { # VERDICT NAME SEEN
  printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n\t' '  ' | cut -c 1-300)"
  case $1 in
    failed) probe_code=1 ;;
    blind) [ "$probe_code" = 1 ] || probe_code=2 ;;
  esac
}

# 0: all passed. 1: something failed. 2: something could not be seen.
ends() { exit "$probe_code"; }

has() { # COMMAND ...: whether all are installed; says so where one is not
  for command_name in "$@"; do
    command -v "$command_name" >/dev/null 2>&1 && continue
    says blind tools "there is no $command_name here"
    return 1
  done
}

in_time() { # COMMAND ...: ended after PROBE_SECONDS, where this machine can do that
  if command -v timeout >/dev/null 2>&1; then
    timeout "${PROBE_SECONDS:-15}" "$@"
  else
    "$@"
  fi
}
