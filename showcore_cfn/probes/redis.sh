#!/bin/sh
# Whether a Redis server takes TLS only, and whether one can work in it (the plan, 14.2).
#
# usage: redis.sh HOST PORT [ACTION VALUE]
#
# The server's certificate is checked against the machine's own authorities, or those in the file PROBE_CA. An
# ACTION other than `probe` is for restore drills: write, read or drop a marker key that holds VALUE.
set -u
command -v says >/dev/null 2>&1 || . "${0%/*}/report.sh"

host=$1 port=$2 action=${3:-probe} value=${4:-}
marker_key=showcore:restore-drill
probe_key="showcore:probe:$$"

client=$(command -v redis6-cli || command -v redis-cli) || { says blind tools "there is no redis-cli here"; ends; }

tls() {
  in_time "$client" -h "$host" -p "$port" --tls ${PROBE_CA:+--cacert "$PROBE_CA"} "$@" </dev/null 2>&1
}

plain() {
  in_time "$client" -h "$host" -p "$port" "$@" </dev/null 2>&1
}

looks_encrypted() { # a server that speaks without TLS only is a failure, not an open question
  answer=$(tls PING)
  case $answer in
    PONG) says passed tls PONG ;;
    *)
      if [ "$(plain PING)" = PONG ]; then
        says failed tls "answers without TLS only"
        says failed plaintext-refused "answered PING without TLS"
      else
        says blind tls "$answer"
      fi
      return 1
      ;;
  esac
}

refuses_plaintext() { # TLS has just worked, so silence here is a refusal and not a broken network
  answer=$(plain PING)
  case $answer in
    PONG | *NOAUTH*) says failed plaintext-refused "answered PING without TLS" ;;
    *) says passed plaintext-refused "${answer:-no answer}" ;;
  esac
}

works() {
  set_answer=$(tls SET "$probe_key" "it works" EX 60)
  get_answer=$(tls GET "$probe_key")
  del_answer=$(tls DEL "$probe_key")
  if [ "$set_answer/$get_answer/$del_answer" = "OK/it works/1" ]; then
    says passed commands "SET, GET, DEL"
  else
    says failed commands "SET: $set_answer; GET: $get_answer; DEL: $del_answer"
  fi
}

marker() { # NAME WANTED COMMAND ...
  name=$1 wanted=$2
  shift 2
  answer=$(tls "$@")
  if [ "$answer" = "$wanted" ]; then says passed "$name" "$answer"; else says failed "$name" "$answer"; fi
}

case $action in
  probe)
    if looks_encrypted; then
      refuses_plaintext
      works
    fi
    ;;
  write) marker marker-written OK SET "$marker_key" "$value" ;;
  read) marker marker-read "$value" GET "$marker_key" ;;
  drop)
    tls DEL "$marker_key" >/dev/null
    marker marker-dropped 0 EXISTS "$marker_key"
    ;;
  *) says blind action "there is no action $action" ;;
esac
ends
