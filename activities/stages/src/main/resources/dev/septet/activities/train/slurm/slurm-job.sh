# The batch script of a Slurm job. Arguments: RUN_FOLDER GRACE ORPHAN PROGRAM ARGUMENT...
# It ends the program on SIGTERM, and when the content of the file `lease` did not change for ORPHAN seconds.
set -u
run=$1 grace=$2 orphan=$3
shift 3
exec 9>"$run/lock"
flock -w 60 9 || exit 75
rm -f "$run/exit"
exec 8> >(keep_output)
output=$!
SEPTET_RUN=$run "$@" </dev/null >&8 2>&1 8>&- &
trainer=$!
exec 8>&-
watch "$trainer" "$orphan"
if [ "$reason" != exited ]; then
    kill -TERM "$trainer" 2>/dev/null
    for ((tries = grace * 5; tries > 0; tries--)); do
        kill -0 "$trainer" 2>/dev/null || break
        sleep 0.2
    done
    kill -KILL "$trainer" 2>/dev/null
fi
wait "$trainer"
status=$?
await_output "$output" # the cluster ends what runs after this script
record_exit "$status"
exit "$status"
