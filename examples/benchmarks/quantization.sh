#!/usr/bin/env bash
# Exports SmolLM2-135M as GGUF in each quantization, and prints the deviation of Septet and of a recent llama.cpp from float32.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ci=$here/../../.ci
exec "$here/program" benchmarks.quantization.QuantizationBenchmark "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$ci/python-env" llama-cpp)" "$ci/llama_cpp.py"
