#!/bin/sh
# Works all shards of a run on this machine, a few at a time, and tries again what may succeed.
#
#   deploy/fleet-xargs.sh RUN KEY [AT_ONCE]
#
# RUN is the place that `touchmark fleet plan` printed, KEY the private key that signs shards. TOUCHMARK names the program.
set -eu

if [ "$#" -lt 2 ]; then
    echo "usage: $0 RUN KEY [AT_ONCE]" >&2
    exit 2
fi
run=$1 key=$2 at_once=${3:-4}
touchmark=${TOUCHMARK:-touchmark}

# A JSON document on one line; the number of shards stands in it.
shards=$("$touchmark" fleet status "$run" --format json | tr -d ' \n' | sed 's/.*"shards":\([0-9]*\).*/\1/')

# 75: try again, three times at most. 2: no attempt will succeed; xargs is told to stop (255).
attempt='
    for pause in 1 5 25; do
        status=0
        "$1" fleet work --plan "$2" --private-key "$3" --shard "$4" || status=$?
        [ "$status" -eq 75 ] || break
        sleep "$pause"
    done
    [ "$status" -ne 2 ] || exit 255
    exit "$status"
'
i=0
while [ "$i" -lt "$shards" ]; do
    echo "$i"
    i=$((i + 1))
done | xargs -P "$at_once" -n 1 sh -c "$attempt" worker "$touchmark" "$run" "$key"
