# Runs a command in a process group of its own and ends it when whoever started this script dies or
# closes its end of standard input. Started with `bash -c`, arguments: pid file, seconds of grace,
# command.
pid_file=$1
grace=$2
shift 2

# Logs, databases and models are for this user alone.
umask 077

# Ctrl-C at a terminal reaches the whole foreground group: it is for the starter alone, which ends
# its processes in order. A handler (not "ignore") is not inherited by the command.
trap : INT HUP

exec 3<&0 </dev/null
set -m
"$@" 3<&- &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM
echo "$child" >"$pid_file.new" && mv "$pid_file.new" "$pid_file"

{
    trap - INT HUP TERM
    while read -r _ <&3; do :; done
    kill -TERM "$child" 2>/dev/null
    for ((second = 0; second < grace * 10; second++)); do
        kill -0 "$child" 2>/dev/null || exit
        sleep 0.1
    done
    kill -KILL "$child" 2>/dev/null
} &
watcher=$!
exec 3<&-
set +m

# A signal interrupts `wait`; only the command's own end counts.
while :; do
    wait "$child"
    status=$?
    kill -0 "$child" 2>/dev/null || break
done
{ kill -KILL "$watcher" && wait "$watcher"; } 2>/dev/null
exit "$status"
