# Owns one outside trainer. Arguments: RUN_FOLDER WORKING_FOLDER GRACE ORPHAN PROGRAM ARGUMENT...
# It starts the program in a session of its own, holds the lock of the run folder while the program lives, and writes
# its exit status to the file `exit`. It ends the program when the file `end` exists, on SIGTERM, or when the content of
# the file `lease` did not change for ORPHAN seconds.
# With `end` as the only argument after RUN_FOLDER and GRACE, it ends what a killed supervisor left behind.
set -u
run=$1

if [ "${3-}" = end ]; then
    end "$2"
    exec 9>"$run/lock"
    flock -w 10 9 || exit 1
    exit 0
fi

folder=$2 grace=$3 orphan=$4
shift 4
trap '' HUP INT
exec 9>"$run/lock"
flock -n 9 || exit 75
# A worker may write `end` as soon as it sees the file `supervisor`.
rm -f "$run/exit" "$run/end"
# The start time distinguishes this process from a later one with the same id.
echo "$$ $(cut -d' ' -f22 /proc/$$/stat)" >"$run/supervisor.new"
mv "$run/supervisor.new" "$run/supervisor"
cd "$folder" || exit 72

# With its supervisor, the program ends too.
bound=()
! command -v setpriv >/dev/null || bound=(setpriv --pdeathsig KILL)
exec 8> >(keep_output)
output=$!
SEPTET_RUN=$run setsid "${bound[@]}" "$@" </dev/null >&8 2>&1 8>&- &
trainer=$!
exec 8>&-
watch "$trainer" "$orphan"
if [ "$reason" != exited ]; then end "$grace"; fi
kill_all
wait "$trainer"
status=$?
await_output "$output"
record_exit "$status"
