#!/bin/sh
# Links the key files to where the service looks for them, and becomes the service.
#
# Keys are secrets that are mounted, never files on the disk of a service: a copy of that disk opens
# nothing. The secret "referrals.own.key" is linked from "referrals/own.key" below KREDSLOB_VAR.
set -eu
umask 077
for secret in "$KREDSLOB_SECRETS"/*.*.*; do
    [ -f "$secret" ] || continue
    name=${secret##*/}
    folder=$KREDSLOB_VAR/${name%%.*}
    place=$folder/${name#*.}
    if [ -e "$place" ] && [ ! -L "$place" ]; then
        echo "$place: en nøgle ligger her allerede (a key lies here already)" >&2
        exit 1
    fi
    mkdir -p "$folder"
    ln -sfn "$secret" "$place"
done
exec "$@"
