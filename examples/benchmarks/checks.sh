#!/usr/bin/env bash
# Measures how often a monitor's checks, due every 10 s, end while runs share one device: RUNS (default 5), on a server
# and workers of its own. Prints one line for checks that wait for the device and one for checks that need none. Meanwhile
# ten requests are logged every 3 s, so that every check has something to do.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
export SEPTET_STATE=$folder/state
mkdir "$SEPTET_STATE" "$folder/pipelines"
cp -r "$home/examples/quickstart/base-model" "$home/examples/quickstart/data" "$folder/pipelines"
write() { # NAME STEPS AFTER
    cat >"$folder/pipelines/$1.groovy" <<EOF
def first = param('seed', 42)

pipeline('$1') {
    prepare    { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
    initialize { model 'base-model' }
    setup      { seed first }
    train      { method lora { rank 16 }; steps $2; batch size: 16 }
    evaluate   { metric loss; limit 24 }
    deploy     { target directory('out/$1') }
    $3
}
EOF
}
checks="every 10.seconds; minimum 10; log 'audit.jsonl'; drift psi, on: promptLength, above: 0.25"
write counting 2 "monitor { $checks }"
write reading 3 "monitor { $checks; drift perplexity, rise: 20.percent }"
write busy "${STEPS:-120}" ''
"$home/septet" dev --port 0 --pipelines "$folder/pipelines" >"$folder/dev.txt" 2>&1 &
dev=$!
while sleep 3; do
    head -n 10 "$folder/pipelines/data/general.jsonl" >>"$folder/pipelines/audit.jsonl"
done &
log=$!
trap 'kill $log $dev; wait $dev || true' EXIT
until [ -e "$SEPTET_STATE/server.json" ]; do
    kill -0 $dev || { cat "$folder/dev.txt" >&2; exit 1; }
    sleep 1
done
"$here/program" benchmarks.checks.CheckIntervals "$SEPTET_STATE" "${1:-5}"
