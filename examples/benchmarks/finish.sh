#!/usr/bin/env bash
# Measures how long evaluations, exports and publications wait while runs of RUNS (default 5) pipelines share one device,
# on a server and workers of its own: once with priorities, and once on a server whose task queues ignore priorities, so that
# all work of a queue starts in the order in which it was scheduled. STEPS (60): steps of a training.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
runs=${1:-5}
folder=$(mktemp -d)
dev=
trap '[ -z "$dev" ] || { kill $dev; wait $dev || true; }' EXIT
names=()
mkdir "$folder/pipelines"
cp -r "$home/examples/quickstart/base-model" "$home/examples/quickstart/data" "$folder/pipelines"
for run in $(seq "$runs"); do
    names+=("support-$run")
    cat >"$folder/pipelines/support-$run.groovy" <<PIPELINE
pipeline('support-$run') {
    prepare    { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
    initialize { model 'base-model' }
    setup      { seed $run }
    train      { method lora { rank 16 }; steps ${STEPS:-60}; batch size: 16 }
    evaluate   { metric exactMatch; metric loss; maxNewTokens 48 }
    deploy     { quantize int8; target directory('out/support-$run') }
}
PIPELINE
done
measure() { # LABEL
    export SEPTET_STATE=$folder/state-${1// /-}
    mkdir "$SEPTET_STATE"
    "$home/septet" dev --port 0 --pipelines "$folder/pipelines" >"$folder/dev.txt" 2>&1 &
    dev=$!
    until [ -e "$SEPTET_STATE/server.json" ]; do
        kill -0 $dev || { cat "$folder/dev.txt" >&2; exit 1; }
        sleep 1
    done
    "$here/program" benchmarks.checks.FinishWaits "$SEPTET_STATE" "$1" "${names[@]}"
    kill $dev
    wait $dev || true
    dev=
    rm -rf "$folder/pipelines/out"
    echo "load average: $(uptime | sed 's/.*load average: //')" >&2
}
echo '| what | order | runs | min s | median s | max s |'
echo '| --- | --- | --- | --- | --- | --- |'
measure 'by priority'
cli=${SEPTET_TEMPORAL_CLI:-$(command -v temporal || ls -t "${XDG_DATA_HOME:-$HOME/.local/share}"/septet/temporal-*/temporal | head -n 1)}
cat >"$folder/temporal" <<CLI
#!/bin/sh
[ "\$1" != server ] || set -- "\$@" --dynamic-config-value matching.useNewMatcher=false
exec '$cli' "\$@"
CLI
chmod +x "$folder/temporal"
export SEPTET_TEMPORAL_CLI=$folder/temporal
measure 'all equal'
