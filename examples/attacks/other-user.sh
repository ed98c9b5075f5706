#!/usr/bin/env bash
# Another user of this machine tries a state folder and ports of Septet: other-user.sh STATE [PORT...], run as root.
# Prints each access that succeeded. Exit code 1: there was one; 2: it could not be tried.
set -uo pipefail
state=${1:?usage: other-user.sh STATE [PORT...]}
shift
if [ "$(id -u)" != 0 ] || ! command -v setpriv > /dev/null; then
    echo "other-user.sh: only root can become another user, with setpriv of util-linux" >&2
    exit 2
fi
as_other() { setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$@"; }
if [ -z "$(find "$state" -type f -print -quit 2> /dev/null)" ]; then
    echo "other-user.sh: there is no file in $state" >&2
    exit 2
fi
# The list is root's; opening is the other user's, and done for real.
found=$(find "$state" -print0 | as_other bash -c '
    while IFS= read -r -d "" path; do
        if [ -d "$path" ]; then
            ls -- "$path" > /dev/null 2>&1 && echo "lists $path"
            [ -w "$path" ] && echo "writes into $path"
        elif [ -S "$path" ]; then
            [ -w "$path" ] && echo "connects to $path"
        else
            { : < "$path"; } 2> /dev/null && echo "reads $path"
            { : >> "$path"; } 2> /dev/null && echo "writes $path"
        fi
    done' 2> /dev/null)
for port in "$@"; do
    for path in /api/v1/namespaces /v1/models /v1/feedback /decode; do # what a sign-in, a key or a token opens
        line=$(as_other timeout 10 bash -c '
            exec 3<> "/dev/tcp/127.0.0.1/$1" || exit
            printf "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n" "$2" "$1" >&3
            head -1 <&3' ask "$port" "$path" 2> /dev/null | tr -d '\r\0') # gRPC answers in bytes
        case $line in
            "HTTP/1.1 2"*) found+=$'\n'"is answered at port $port $path: $line" ;;
        esac
    done
done
found=$(sed '/^$/d' <<< "$found")
[ -z "$found" ] && exit 0
echo "$found"
exit 1
