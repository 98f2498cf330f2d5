#!/bin/sh
# Whether a PostgreSQL server takes TLS only, and whether one can work in it (the plan, 14.1).
#
# usage: postgres.sh HOST PORT [DATABASE] [USER] [PARAMETER] [ACTION VALUE]
#
# The password comes from PGPASSWORD or PGPASSFILE, or, where PARAMETER is given, from that SecureString of
# Systems Manager; it is never printed and never stands in an argument. An ACTION other than `probe` is for
# restore drills: write, read or drop a marker row that holds VALUE.
set -u
command -v says >/dev/null 2>&1 || . "${0%/*}/report.sh"

PGHOST=$1 PGPORT=$2 PGDATABASE=${3:-showcore} PGUSER=${4:-postgres}
parameter=${5:-} action=${6:-probe} value=${7:-}
PGCONNECT_TIMEOUT=10
export PGHOST PGPORT PGDATABASE PGUSER PGCONNECT_TIMEOUT

folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' HUP INT TERM

fetch_password() { # from Systems Manager into a file that only this user reads
  umask 077
  if ! aws ssm get-parameter --name "$parameter" --with-decryption \
    --query Parameter.Value --output text >"$folder/secret" 2>"$folder/why"; then
    says blind password "$(cat "$folder/why")"
    ends
  fi
  sed -e 's/[\\:]/\\&/g' -e 's/^/*:*:*:*:/' "$folder/secret" >"$folder/pgpass"
  rm -f "$folder/secret"
  PGPASSFILE=$folder/pgpass
  export PGPASSFILE
}

sql() { # SSLMODE STATEMENTS: the answer, or what went wrong
  PGSSLMODE=$1
  export PGSSLMODE
  printf '%s\n' "$2" | in_time psql -X -w -A -t -q -v ON_ERROR_STOP=1 -f - 2>&1
}

looks_encrypted() {
  answer=$(sql require "SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid();")
  case $answer in
    't|'*) says passed tls "${answer#t|}" ;;
    'f|'*) says failed tls "the server says that the connection is not encrypted" ;;
    *'server does not support SSL'*) says failed tls "$answer" ;;
    *) says blind tls "$answer"; return 1 ;;
  esac
}

refuses_plaintext() { # only a refusal for want of encryption counts: a wrong password proves nothing
  if answer=$(sql disable "SELECT 1;"); then
    says failed plaintext-refused "connected without TLS"
    return
  fi
  case $answer in
    *'no encryption'* | *'SSL off'*) says passed plaintext-refused "$answer" ;;
    *) says blind plaintext-refused "$answer" ;;
  esac
}

works() { # in one transaction that is rolled back: nothing stays, whatever happens
  answer=$(sql require "
    BEGIN;
    CREATE TABLE showcore_probe (id integer PRIMARY KEY, said text NOT NULL);
    INSERT INTO showcore_probe VALUES (1, 'it works');
    SELECT said FROM showcore_probe WHERE id = 1;
    ROLLBACK;")
  case $answer in
    'it works') says passed sql "CREATE TABLE, INSERT, SELECT" ;;
    *) says failed sql "$answer" ;;
  esac
}

marker() { # STATEMENTS NAME WANTED
  answer=$(sql require "$1")
  if [ "$answer" = "$3" ]; then says passed "$2" "${3:-done}"; else says failed "$2" "$answer"; fi
}

has psql || ends
[ -z "$parameter" ] || fetch_password
case $action in
  probe)
    if looks_encrypted; then
      refuses_plaintext
      works
    fi
    ;;
  write)
    marker "SET client_min_messages = warning;
      CREATE TABLE IF NOT EXISTS showcore_restore_drill (said text NOT NULL);
      INSERT INTO showcore_restore_drill VALUES ('$value');" marker-written ""
    ;;
  read) marker "SELECT said FROM showcore_restore_drill WHERE said = '$value';" marker-read "$value" ;;
  drop) marker "SET client_min_messages = warning;
      DROP TABLE IF EXISTS showcore_restore_drill;" marker-dropped "" ;;
  *) says blind action "there is no action $action" ;;
esac
ends
