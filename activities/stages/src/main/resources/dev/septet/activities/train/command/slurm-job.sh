# The batch script of a Slurm job. Arguments: RUN_FOLDER GRACE ORPHAN PROGRAM ARGUMENT...
# It ends the program on SIGTERM, and when the content of the file `lease` did not change for ORPHAN seconds.
set -u
run=$1 grace=$2 orphan=$3
shift 3
told=0
trap 'told=1' TERM
exec 9>"$run/lock"
flock -w 60 9 || exit 75
rm -f "$run/exit"
SEPTET_RUN=$run "$@" </dev/null &
trainer=$!
lease='' silent=0 reason=exited
while kill -0 "$trainer" 2>/dev/null; do
    sleep 0.5
    seen=$(cat "$run/lease" 2>/dev/null)
    if [ "$seen" = "$lease" ]; then silent=$((silent + 1)); else silent=0 lease=$seen; fi
    if [ "$silent" -ge $((orphan * 2)) ]; then reason=orphaned; fi
    if [ "$told" = 1 ]; then reason=told; fi
    if [ "$reason" != exited ]; then
        kill -TERM "$trainer" 2>/dev/null
        for ((tries = grace * 5; tries > 0; tries--)); do
            kill -0 "$trainer" 2>/dev/null || break
            sleep 0.2
        done
        kill -KILL "$trainer" 2>/dev/null
        break
    fi
done
wait "$trainer"
status=$?
echo "$status $reason" >"$run/exit.new"
mv "$run/exit.new" "$run/exit"
exit "$status"
