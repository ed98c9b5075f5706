#!/usr/bin/env bash
# Kills trainings of every method at one and at two threads, at random instants and inside saves, and says how many
# ended in the undisturbed one's bytes: KILLS (default 100) SEED (1) FOLDER (a new one) SECONDS (no limit) METHOD... (all),
# each as pipeline files write it, such as 'lora()'. Ends with 1 if any did not; with 2 if a method is none; with 3 if
# the seconds were over: called again with that folder it goes on. PRECISION (float32) is of all of them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${3:-$(mktemp -d)}
mkdir -p "$folder"
# The JVM archives classes of jars only; with an archive a process starts in half the time.
EXAMPLES=$folder/examples.jar exec "$here/program" kills.KillBenchmark "$here/../quickstart/base-model" \
    "${PRECISION:-float32}" "${1:-100}" "${2:-1}" "$folder" "${4:-1000000}" "${@:5}"
