#!/usr/bin/env bash
# Measures other methods beside our own LoRA; prints tables: [steps [REPEATS (5)] | losses [SEED (7)]], both by default.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for what in ${1:-steps losses}; do
    [ "$what" = steps ] && number=5 || number=7
    "$here/program" benchmarks.training.MethodsBenchmark "$what" "$("$here/model")" \
        "$here/../support-assistant/data/conversations.jsonl" "${2:-$number}"
done
