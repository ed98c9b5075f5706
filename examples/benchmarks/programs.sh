#!/usr/bin/env bash
# programs.sh [REPEATS (5)] [METHOD...]: measures a step of the autograd program and of the fused training program; prints tables,
# and the parts of a step's time by libtorch's profiler. METHOD: lora (default), full, partial.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
methods=("${@:2}")
exec "$here/program" benchmarks.programs.ProgramBenchmark "$("$here/model")" "${1:-5}" "${methods[@]:-lora}"
