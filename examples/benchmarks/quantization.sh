#!/usr/bin/env bash
# Exports SmolLM2-135M as GGUF in each form, and prints how far Septet and a recent llama.cpp are from float32 by each.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ci=$here/../../.ci
exec "$here/program" benchmarks.quantization.QuantizationBenchmark "$("$here/model")" \
    "$here/../support-assistant/data/conversations.jsonl" "$("$ci/python-env" llama-cpp)" "$ci/llama_cpp.py"
