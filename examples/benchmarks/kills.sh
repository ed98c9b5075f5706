#!/usr/bin/env bash
# kills.sh [KILLS (100)] [SEED (1)] [FOLDER (a new one)] [SECONDS (no limit)] [METHOD... (all)]: kills trainings of every method,
# with one and with two threads, at random instants and during saves. Prints how many ended with the bytes of an undisturbed
# training. METHOD as in pipeline files, such as 'lora()'. Exit code 1: some did not; 2: a method is unknown; 3: the time was
# over, and a call with the same FOLDER continues. PRECISION (float32) sets the precision of all trainings.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${3:-$(mktemp -d)}
mkdir -p "$folder"
# The JVM archives classes of jars only; with an archive a process starts in half the time.
EXAMPLES=$folder/examples.jar exec "$here/program" kills.KillBenchmark "$here/../quickstart/base-model" \
    "${PRECISION:-float32}" "${1:-100}" "${2:-1}" "$folder" "${4:-1000000}" "${@:5}"
