#!/bin/sh
# Whether a content delivery network serves an object as it should, and its bucket does not (the plan, 14.5).
#
# usage: cdn.sh HOST HTTPS-PORT HTTP-PORT PATH DIRECT-URL
#
# PATH is an object of at least 1,000 bytes of a compressible type; DIRECT-URL is where the bucket itself would
# serve it. The certificate is checked against the machine's own authorities, or those in the file PROBE_CA.
set -u
command -v says >/dev/null 2>&1 || . "${0%/*}/report.sh"

host=$1 https_port=$2 http_port=$3 path=$4 direct=$5
https=https://$host:$https_port$path
http=http://$host:$http_port$path
tries=5

headers() { # URL OPTIONS ...: status line and headers of a GET, in lower case but for values
  url=$1
  shift
  curl -sS --max-time 30 ${PROBE_CA:+--cacert "$PROBE_CA"} -o /dev/null -D - "$@" "$url" 2>&1 | tr -d '\r'
}

status() { # HEADERS
  printf '%s\n' "$1" | sed -n 's/^HTTP\/[0-9.]* \([0-9][0-9]*\).*/\1/p' | tail -n 1
}

header() { # NAME HEADERS
  printf '%s\n' "$2" | awk -v name="$1" 'BEGIN { FS = ": *" } tolower($1) == name { print substr($0, length($1) + 3) }'
}

serves() {
  answer=$(headers "$https")
  case $(status "$answer") in
    200) says passed https "200" ;;
    '') says blind https "$answer"; return 1 ;;
    *) says failed https "$(status "$answer")" ;;
  esac
}

redirects() {
  answer=$(headers "$http")
  case $(status "$answer")/$(header location "$answer") in
    30[1278]/https://*) says passed redirect "$(status "$answer") to $(header location "$answer")" ;;
    /) says blind redirect "$answer" ;;
    *) says failed redirect "$(status "$answer") $(header location "$answer")" ;;
  esac
}

keeps_bucket_closed() {
  answer=$(headers "$direct")
  case $(status "$answer") in
    403) says passed bucket-closed "403" ;;
    '') says blind bucket-closed "$answer" ;;
    *) says failed bucket-closed "$(status "$answer")" ;;
  esac
}

caches() { # a second request may reach another edge, so a few are made
  seen=''
  for _ in $(seq "$tries"); do
    answer=$(headers "$https")
    seen=$(header x-cache "$answer")
    case $seen in
      [Hh]it* | HIT*) says passed cache "$seen"; return ;;
    esac
    sleep "${PROBE_PAUSE_SECONDS:-1}"
  done
  says failed cache "${seen:-no X-Cache header} after $tries requests"
}

compresses() {
  answer=$(headers "$https" -H 'Accept-Encoding: gzip, br')
  case $(header content-encoding "$answer") in
    gzip | br) says passed compression "$(header content-encoding "$answer")" ;;
    *) says failed compression "$(header content-encoding "$answer")" ;;
  esac
}

has curl || ends
keeps_bucket_closed
redirects
if serves; then
  caches
  compresses
fi
ends
