#!/usr/bin/env bash
# Measures a step by autograd's program and by the one with its own backward pass; prints tables, and where
# a step's time goes by libtorch's profiler: REPEATS (default 5) METHOD... (default lora; also full, partial).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
methods=("${@:2}")
exec "$here/program" benchmarks.programs.ProgramBenchmark "$("$here/model")" "${1:-5}" "${methods[@]:-lora}"
