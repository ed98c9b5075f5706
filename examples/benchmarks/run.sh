#!/usr/bin/env bash
# Measures how fast SmolLM2-135M answers, beside transformers and llama.cpp, and prints tables: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
"$home/septet" --version >&2 # builds what is not built
python=$("$home/.ci/python-env")
gguf=${SEPTET_SMOLLM2_GGUF:-${XDG_CACHE_HOME:-$HOME/.cache}/septet/models/SmolLM2-135M-Instruct.Q4_1.gguf}
[ -f "$gguf" ] || { echo "no $gguf: run examples/support-assistant/get-model.sh FOLDER once, or set SEPTET_SMOLLM2_GGUF" >&2; exit 1; }
[ -d "$home/examples/target/classes" ] || mvn -q -f "$home/pom.xml" -pl examples -am -DskipTests compile
threads=${THREADS:-2}
jars=$(cat "$home/workers/target/septet.classpath"):$(echo "$home"/workers/target/septet-workers-*.jar)
# Waiting threads must not take the time of whoever has the turn.
export GOMP_SPINCOUNT=0 OMP_WAIT_POLICY=PASSIVE
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Dai.djl.pytorch.num_threads="$threads" -Doffline=true \
    -cp "$home/examples/target/classes:$jars" dev.septet.examples.benchmarks.GenerationBenchmark \
    "$gguf" "$home/examples/support-assistant/data/conversations.jsonl" "$python" "${1:-5}"
