#!/bin/sh
# Whether AWS is reached through the VPC endpoints, and the internet is not (the plan, 14.3).
#
# usage: endpoints.sh REGION BUCKET [SERVICE ...]
#
# SERVICEs are those that have an interface endpoint; each must resolve to private addresses.
set -u
command -v says >/dev/null 2>&1 || . "${0%/*}/report.sh"

region=$1 bucket=$2
shift 2
AWS_DEFAULT_REGION=$region AWS_PAGER=''
export AWS_DEFAULT_REGION AWS_PAGER

asks() { # NAME COMMAND ...: an AWS CLI command that must succeed
  name=$1
  shift
  if answer=$(PROBE_SECONDS=60 in_time aws --cli-connect-timeout 5 --cli-read-timeout 20 "$@" 2>&1); then
    says passed "$name" "aws $1 $2"
  else
    says failed "$name" "$answer"
  fi
}

is_private() { # ADDRESS: of RFC 1918
  case $1 in
    10.* | 192.168.*) ;;
    172.1[6-9].* | 172.2[0-9].* | 172.3[01].*) ;;
    *) return 1 ;;
  esac
}

resolves_inside() { # SERVICE
  name=$1.$region.amazonaws.com
  addresses=$(getent ahostsv4 "$name" | awk '{print $1}' | sort -u)
  if [ -z "$addresses" ]; then
    says failed private-dns "$name does not resolve"
    return
  fi
  for address in $addresses; do
    is_private "$address" && continue
    says failed private-dns "$name is $address, a public address"
    return
  done
  says passed private-dns "$name is $(printf '%s' "$addresses" | tr '\n' ' ')"
}

stays_inside() { # URL
  if answer=$(curl -sS -o /dev/null --max-time 8 "$1" 2>&1); then
    says failed no-internet "$1 answers"
  else
    says passed no-internet "$answer"
  fi
}

has aws curl getent || ends
asks s3 s3 ls "s3://$bucket"
asks logs logs describe-log-groups --max-items 1
asks ssm ssm describe-instance-information --max-items 1
for service in "$@"; do resolves_inside "$service"; done
stays_inside http://www.google.com
stays_inside https://www.google.com
ends
