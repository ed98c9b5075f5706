#!/usr/bin/env bash
# Measures how fast SmolLM2-135M answers, beside transformers and llama.cpp, and where a step's
# time goes, and prints tables: REPEATS (default 5).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.GenerationBenchmark "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$here/peers")" "${1:-5}"
