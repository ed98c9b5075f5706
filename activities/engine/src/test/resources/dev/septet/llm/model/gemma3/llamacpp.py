"""Makes llamacpp.json: what real llama.cpp foretells after the prompts of logits.json, with the weights of Gemma 3 270M
(Q4_K_M) dequantised first. On the quantised file itself llama.cpp rounds what flows through the layers to 8 bits too,
which moves its logits by 0.15: that would hide mistakes.

python llamacpp.py PATH/gemma-3-270m-q4_k_m.gguf (xllamacpp 2026.10.11549, gguf 0.19.0; writes 1.1 GB beside the file)
"""

import json
import sys

import xllamacpp
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize

whole = sys.argv[1] + ".f32"
reader = GGUFReader(sys.argv[1])
writer = GGUFWriter(whole, reader.fields["general.architecture"].contents())
for field in reader.fields.values():
    if field.name.startswith("GGUF.") or field.name == "general.architecture":
        continue
    kind = field.types[0]
    value = 0 if field.name == "general.file_type" else field.contents()
    writer.add_key_value(field.name, value, kind, field.types[-1] if kind == GGUFValueType.ARRAY else None)
for tensor in reader.tensors:
    writer.add_tensor(tensor.name, dequantize(tensor.data, tensor.tensor_type))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

params = xllamacpp.CommonParams()
params.model.path = whole
params.n_ctx = 1024
params.n_parallel = 1
params.n_gpu_layers = 0
params.warmup = False
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED  # it computes in 16 bits
params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_F32
params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
server = xllamacpp.Server(params)
cases = []
with open("logits.json") as file:
    prompts = [case["ids"] for case in json.load(file)["cases"]]
for ids in prompts:
    asked = {"prompt": ids, "n_predict": 1, "n_probs": 8, "temperature": 0, "cache_prompt": False}
    top = server.handle_completions(asked)["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    cases.append({"ids": [one["id"] for one in top], "logProbabilities": [round(one["logprob"], 5) for one in top]})
with open("llamacpp.json", "w") as file:
    json.dump({"cases": cases}, file)
    file.write("\n")
