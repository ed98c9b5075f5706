# The part that the supervisor and the batch script of a job share.

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

uptime() {
    cut -d. -f1 /proc/uptime
}

# Writes down the end; a full disk leaves no half of it.
record_exit() {
    echo "$1 $reason" >"$run/exit.new" && mv "$run/exit.new" "$run/exit"
}

told=0
trap 'told=1' TERM
