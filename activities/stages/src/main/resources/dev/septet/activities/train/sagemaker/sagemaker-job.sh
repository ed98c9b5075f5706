# The program of a SageMaker container. Arguments: ML_FOLDER RUN_FOLDER GRACE NODES
# The service copies ML_FOLDER/checkpoints to the bucket, file by file and in any order. So this script lists the files of
# each complete checkpoint and of the result with their digests in ML_FOLDER/checkpoints/sums.
set -u
ml=$1 run=$2 grace=$3 nodes=$4
in=$ml/input/data/in sync=$ml/checkpoints
rank=0
if [ "$nodes" -gt 1 ]; then
    first=algo-1
    hosts=$(grep -o '"current_host" *: *"algo-[0-9]*"' "$ml/input/config/resourceconfig.json")
    rank=${hosts##*-}
    rank=$((${rank%\"} - 1))
    export MASTER_ADDR=$first MASTER_PORT=29500 NNODES=$nodes NODE_RANK=$rank
    # torchrun reads its options from these.
    export PET_MASTER_ADDR=$first PET_MASTER_PORT=29500 PET_NNODES=$nodes PET_NODE_RANK=$rank
fi

# Lists files below the folder of synchronized files: their digests, or `link` for what is no plain file.
seal() {
    local to=$1
    shift
    (cd "$sync" && find "$@" ! -type f ! -type d -printf 'link  %p\0' && find "$@" -type f -print0 | sort -z |
        xargs -0 -r sha256sum -z) >"$sync/.sums" 2>/dev/null && mv "$sync/.sums" "$sync/sums/$to"
}

# Offers new metrics and complete checkpoints.
offer() {
    local size folder name
    size=$(stat -c %s "$run/metrics.jsonl" 2>/dev/null || echo 0)
    if [ "$size" != "$offered" ]; then
        cp "$run/metrics.jsonl" "$sync/.metrics" && mv "$sync/.metrics" "$sync/metrics.jsonl" && offered=$size
    fi
    for folder in "$sync"/checkpoints/checkpoint-*; do
        name=${folder##*/}
        if [ -f "$folder/complete" ] && ! [ "$sync/sums/$name" -nt "$folder/complete" ]; then
            seal "$name" "checkpoints/$name"
        fi
    done
}

record_end() {
    local files=(exit output) name
    echo "$1 $reason" >"$sync/exit"
    for name in metrics.jsonl output.log output.end; do
        [ ! -f "$sync/$name" ] || files+=("$name")
    done
    seal end "${files[@]}"
}

mkdir -p "$sync"
if [ -n "$(ls -A "$sync")" ]; then
    # The service started the container again, after an interruption. Its request names another checkpoint.
    mkdir -p "$sync/sums" "$sync/output"
    reason=interrupted
    [ "$rank" != 0 ] || record_end 75
    exit 75
fi
mkdir -p "$run/control"
out=$sync
if [ "$rank" = 0 ]; then
    mkdir -p "$sync/checkpoints" "$sync/output" "$sync/sums"
    ln -s "$sync/checkpoints" "$sync/output" "$run"
else
    out=$run
    mkdir -p "$run/checkpoints" "$run/output"
fi
[ ! -d "$in/checkpoints" ] || cp -R "$in/checkpoints/." "$run/checkpoints"
[ ! -f "$in/metrics.jsonl" ] || cp "$in/metrics.jsonl" "$run"
chmod -R u+w "$run/checkpoints/."
cp "$in/request.json" "$run"
ln -s "$in/data" "$in/model" "$run"

mapfile -d '' -t all <"$in/command"
cd "${all[0]:-$run}" || exit 72
next=1
while [ -n "${all[next]}" ]; do
    export "${all[next]}"
    next=$((next + 1))
done
# Of the output, the first and the last MB are stored; all of it goes to the log of the job.
exec 8> >(trap '' TERM; tee >(cat >&2) | { head -c 1048576 >"$out/output.log"; tail -c 1048576 >"$out/output.end"; })
writer=$!
SEPTET_RUN=$run "${all[@]:next+1}" </dev/null >&8 2>&1 8>&- &
trainer=$!
exec 8>&-
reason=exited
offered=$(stat -c %s "$in/metrics.jsonl" 2>/dev/null || echo 0)
while kill -0 "$trainer" 2>/dev/null; do
    sleep 0.5
    if [ "$told" = 1 ]; then
        reason=told
        end "$grace"
        break
    fi
    [ "$rank" != 0 ] || offer
done
wait "$trainer"
status=$?
await_output "$writer"
if [ "$rank" = 0 ]; then
    offer
    record_end "$status"
fi
exit "$status"
