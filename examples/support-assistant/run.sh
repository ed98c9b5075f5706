#!/usr/bin/env bash
# Runs the pipeline. If the Hugging Face hub does not answer, it uses the same model as a GGUF file. Passes its arguments to `septet run`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
base=HuggingFaceTB/SmolLM2-135M-Instruct
card=${HF_ENDPOINT:-https://huggingface.co}/$base/resolve/main/config.json
if [ -z "${HF_HUB_OFFLINE:-}" ] && ! curl --silent --fail --location --head --max-time 10 --output /dev/null "$card"; then
    base=$("$here/get-model.sh" "$here")
    echo "the hub does not answer; using $base" >&2
fi
exec "$here/../../septet" run "$here/pipeline.groovy" --param "base=$base" "$@"
