# The program of a pod. Arguments: RUN_FOLDER GRACE ORPHAN NODES FIRST_HOST PROGRAM ARGUMENT...
# It starts the program once for each creation of the run folder. It ends the program on SIGTERM, when the file `end`
# exists, and when the content of the file `lease` did not change for
# ORPHAN seconds. Of several pods, the first one holds the lock of the run folder and writes the exit status.
set -u
run=$1 grace=$2 orphan=$3 nodes=$4 first=$5
shift 5
rank=${JOB_COMPLETION_INDEX:-0}
output=output
if [ "$nodes" -gt 1 ]; then
    export MASTER_ADDR=$first MASTER_PORT=29500 NNODES=$nodes NODE_RANK=$rank
    # torchrun reads its options from these.
    export PET_MASTER_ADDR=$first PET_MASTER_PORT=29500 PET_NNODES=$nodes PET_NODE_RANK=$rank
    [ "$rank" = 0 ] || output=output-$rank
fi

if [ "$rank" = 0 ]; then
    exec 9>"$run/lock"
    flock -w 60 9 || exit 75
fi
if ! (set -C && : >"$run/started-$rank") 2>/dev/null; then
    [ -e "$run/started-$rank" ] || exit 74
    # The cluster started a container or a pod again, as after a failure or a suspension. Only the next attempt may start
    # the program, with another request. Until then, the pod shows what ended the first container.
    : >"$run/again"
    sleep infinity 9>&- &
    sleeper=$!
    watch "$sleeper" "$orphan"
    kill "$sleeper"
    exit 76
fi
[ "$rank" != 0 ] || rm -f "$run/exit"
# All output also goes to the log of the pod.
exec 8> >(
    exec 9>&-
    trap '' TERM
    tee >(cat >&2) | keep_output "$output"
)
writer=$!
SEPTET_RUN=$run "$@" </dev/null >&8 2>&1 8>&- &
trainer=$!
exec 8>&-
watch "$trainer" "$orphan"
if [ "$reason" != exited ]; then end "$grace"; fi
wait "$trainer"
status=$?
await_output "$writer"
[ "$rank" != 0 ] || record_exit "$status"
exit "$status"
