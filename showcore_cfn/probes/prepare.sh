#!/bin/sh
# Puts the clients that the probes need on an Amazon Linux 2023 instance; its packages come through the S3
# gateway endpoint, since there is no internet (the plan, 14.1 and 14.2).
#
# usage: prepare.sh
set -u
command -v says >/dev/null 2>&1 || . "${0%/*}/report.sh"

if answer=$(dnf install -y -q postgresql16 redis6 2>&1); then
  says passed clients "postgresql16, redis6"
else
  says blind clients "$answer"
fi
ends
