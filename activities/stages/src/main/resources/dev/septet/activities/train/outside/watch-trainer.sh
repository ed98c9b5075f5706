# The part that the supervisor and the scripts of jobs share.

# Waits for the end of the process $1. `reason` says why it is over: exited, told (SIGTERM, or the file `end` exists), or
# orphaned: the content of the file `lease` did not change for $2 seconds, so no worker follows this run any more. The
# kernel's uptime is the clock, because the time of day may jump.
watch() {
    local seen lease='' since
    since=$(uptime)
    reason=exited
    while kill -0 "$1" 2>/dev/null; do
        sleep 0.5
        seen=$(cat "$run/lease" 2>/dev/null)
        if [ "$seen" != "$lease" ]; then lease=$seen since=$(uptime); fi
        if [ $(($(uptime) - since)) -ge "$2" ]; then reason=orphaned; fi
        if [ "$told" = 1 ] || [ -e "$run/end" ]; then reason=told; fi
        [ "$reason" = exited ] || return 0
    done
}

# Stores the first 64 MB and the last MB of the output in files named $1 (output). It ends after the programs that print,
# not on SIGTERM, and does not hold the lock.
keep_output() {
    exec 9>&-
    trap '' TERM
    head -c 67108864 >"$run/${1:-output}.log"
    tail -c 1048576 >"$run/${1:-output}.end"
}

# Waits until the process $1 has stored the output, at most 5 seconds.
await_output() {
    local tries
    for ((tries = 50; tries > 0; tries--)); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
}

uptime() {
    cut -d. -f1 /proc/uptime
}

# Writes down the end; a full disk leaves no half of it.
record_exit() {
    echo "$1 $reason" >"$run/exit.new" && mv "$run/exit.new" "$run/exit"
}

# Every process that the program started has SEPTET_RUN in its environment, also in other sessions.
members() {
    grep -lzsxF -- "SEPTET_RUN=$run" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}

# Ends the processes: SIGTERM, and SIGKILL after the grace time.
end() {
    local grace=$1 pids tries
    pids=$(members)
    [ -z "$pids" ] || kill -TERM $pids 2>/dev/null
    for ((tries = grace * 5; tries > 0; tries--)); do
        [ -n "$(members)" ] || return 0
        sleep 0.2
    done
    kill_all
}

kill_all() {
    local pids tries
    for ((tries = 50; tries > 0; tries--)); do
        pids=$(members)
        [ -n "$pids" ] || return 0
        kill -KILL $pids 2>/dev/null
        sleep 0.1
    done
}

told=0
trap 'told=1' TERM
