#!/usr/bin/env bash
# Holds what `./septet plan` says of memory and time to what training takes; prints a table: [MODEL]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/program" benchmarks.estimate.EstimateBenchmark "$("$here/model")" "$@"
