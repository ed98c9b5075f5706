#!/usr/bin/env bash
# Measures many runs and monitors on a server and two workers of its own. PIPELINES (1000), RUNS (10000), AT_ONCE (200) runs in
# progress at once, MONITORS (2000), PARTS (all: alone runs pages waiting monitors). All stages find stored results: what is measured is the orchestration.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
dev=
trap '[ -z "$dev" ] || { kill $dev; wait $dev || true; }' EXIT
mkdir "$folder/pipelines"
cp -r "$home/examples/quickstart/base-model" "$folder/pipelines"
mkdir "$folder/pipelines/data"
head -n 60 "$home/examples/quickstart/data/tickets.jsonl" >"$folder/pipelines/data/tickets.jsonl"
pipeline() { # NAME SETUP REST
    cat >"$folder/pipelines/$1.groovy" <<PIPELINE
pipeline('$1') {
    prepare    { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
    initialize { model 'base-model' }
    setup      { $2 }
    train      { method lora { rank 2 }; steps 1; batch size: 1 }
    evaluate   { metric loss; limit 5 }
    $3
}
PIPELINE
}
for number in $(seq "${PIPELINES:-1000}"); do
    pipeline "p-$number" 'seed 1' ''
done
pipeline waiting "seed 1; resources queue: 'nobody'" ''
pipeline monitored 'seed 1' "deploy { target directory('out') }
    monitor { every 6.hours; log 'audit.jsonl'; minimum 100; drift psi, on: promptLength, above: 0.25 }"
: >"$folder/pipelines/audit.jsonl"
export SEPTET_STATE=$folder/state
mkdir "$SEPTET_STATE"
${SEPTET:-"$home/septet"} dev --port 0 --pipelines "$folder/pipelines" >"$folder/dev.txt" 2>&1 &
dev=$!
until [ -e "$SEPTET_STATE/server.json" ]; do
    kill -0 $dev || { cat "$folder/dev.txt" >&2; exit 1; }
    sleep 1
done
measure() {
    ${PROGRAM:-"$here/program"} benchmarks.scale.ScaleBenchmark "$SEPTET_STATE" $dev "$@"
    echo "load average: $(uptime | sed 's/.*load average: //')" >&2
}
for part in ${PARTS:-alone runs pages waiting monitors}; do
    case $part in
    alone) measure runs "${PIPELINES:-1000}" "${ALONE:-50}" 1 ;;
    runs) measure runs "${PIPELINES:-1000}" "${RUNS:-10000}" "${AT_ONCE:-200}" ;;
    waiting) measure waiting "${AT_ONCE:-200}" ;;
    pages) measure pages "${REQUESTS:-100}" "$(grep -o 'http://[^ ]*#[^ ]*' "$folder/dev.txt" | head -n 1)" ;;
    monitors) measure monitors "${MONITORS:-2000}" ;;
    esac
done
