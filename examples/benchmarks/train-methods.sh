#!/usr/bin/env bash
# Measures other methods beside our own LoRA; prints tables: [steps|losses] [REPEATS (default 5)], both without a word.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for what in ${1:-steps losses}; do
    "$here/program" benchmarks.training.MethodsBenchmark "$what" "$("$here/model")" \
        "$here/../support-assistant/data/conversations.jsonl" "${2:-5}"
done
