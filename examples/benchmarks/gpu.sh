#!/usr/bin/env bash
# gpu.sh [--dry-run]: all measurements of a machine with an NVIDIA card. It sets the card up (doctor --fix gpu), compares the
# engine on the card with the engine on the CPU and two runs with each other, kills 20 trainings of each method, and measures
# speed and memory of LoRA steps, and those of TRL + peft on the same card. At the end it appends the tables to RESULTS.md.
# SIZES (135M 360M 1B 3B 8B), ROWS (4), LENGTH (1024) and REPEATS (20) set the models and steps of the last measurement; KILLS (20)
# the kills. --dry-run does every step at a tiny size on the CPU, with the CPU build of libtorch, and does not touch RESULTS.md.
# SEPTET_COMMAND (the checkout's septet) is the command line. Exit code 1: a step failed; nothing is appended, and the last line
# names the file with the tables so far.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
septet=${SEPTET_COMMAND:-$home/septet}
model=$home/examples/quickstart/base-model
dry=
case ${1:-} in
    "") ;;
    --dry-run) dry=1 ;;
    *) echo "gpu.sh: unknown argument $1; there is --dry-run" >&2; exit 2 ;;
esac
folder=$(mktemp -d)
results=$folder/results.md
: >"$results"
ended() {
    [ "$1" -eq 0 ] || echo "gpu.sh: failed; RESULTS.md is unchanged; the tables so far are in $results" >&2
}
trap 'ended $?' EXIT
step() { printf '\n== %s\n' "$1" >&2; }
record() { tee -a "$results"; }

step "doctor"
if [ -n "$dry" ]; then
    echo "DRY RUN: every step computes on the CPU at a tiny size. The numbers say nothing about a card; RESULTS.md stays as it is."
    device=cpu card="no card (dry run)"
    export CUDA_VISIBLE_DEVICES="" PYTORCH_LIBRARY_PATH="" # nothing computes on a card that this machine may have
    "$septet" doctor || true # what a machine lacks does not matter here
    steps=3 kills=${KILLS:-2} methods=('lora()') sizes=${SIZES:-tiny} rows=2 length=32 repeats=${REPEATS:-2}
else
    "$septet" doctor --fix gpu
    state=${SEPTET_STATE:-$home/.septet}
    [ -f "$state/gpu.env" ] || { echo "gpu.sh: doctor made no $state/gpu.env" >&2; exit 1; }
    while IFS='=' read -r name value || [ -n "$name" ]; do
        if [[ $name =~ ^PYTORCH_[A-Z_]+$ && -z ${!name+set} ]]; then # a variable that is set wins
            export "$name=$value"
        fi
    done <"$state/gpu.env"
    export CUBLAS_WORKSPACE_CONFIG=:4096:8 NVIDIA_TF32_OVERRIDE=0 CUDA_DEVICE_ORDER=PCI_BUS_ID
    export CUDA_VISIBLE_DEVICES=${CUDA_VISIBLE_DEVICES:-0}
    device=cuda
    card=$(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader -i "${CUDA_VISIBLE_DEVICES%%,*}")
    steps=20 kills=${KILLS:-20} methods=() sizes=${SIZES:-135M 360M 1B 3B 8B} rows=${ROWS:-4} length=${LENGTH:-1024}
    repeats=${REPEATS:-20}
fi

python=$("$home/.ci/python-env" trl) # its torch is the CUDA build
[ -n "$dry" ] || "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' ||
    { echo "gpu.sh: torch in $python sees no card" >&2; exit 1; }

{
    printf '\n# On a card: %s, %s\n\n' "$card" "$(date +%F)"
    printf '```sh\nexamples/benchmarks/gpu.sh      # all tables of this section\n```\n'
} | record

step "parity: the device compared with the CPU, and two runs"
printf '\n### The engine on the device and on the CPU\n\n' | record
"$here/program" benchmarks.gpu.DeviceParity "$model" "$steps" "$device" | record

for precision in float32 bf16; do
    [ -z "$dry" ] || [ "$precision" = float32 ] || continue
    step "$kills kills of each method, $precision"
    printf '\n### %s kills of each method, %s\n\n' "$kills" "$precision" | record
    PRECISION=$precision "$here/kills.sh" "$kills" 11 "$folder/kills-$precision" 1000000 \
        ${methods[@]+"${methods[@]}"} | record
done

step "speed and memory, and those of TRL + peft: $sizes"
# shellcheck disable=SC2086
HEAP=${HEAP:-6g} "$here/program" benchmarks.training.CardBenchmark "$model" "$python" "$device" "$repeats" "$rows" "$length" $sizes |
    record

if [ -n "$dry" ]; then
    step "dry run: everything ran on the CPU; nothing was appended to RESULTS.md"
    rm -r "$folder"
else
    cat "$results" >>"$here/RESULTS.md"
    step "appended to $here/RESULTS.md; the trainings of the kills are in $folder"
fi
