"""Makes blocks.safetensors with the gguf package (0.19.0): python make.py

Per type: blocks of random bytes and the values they decode to. For Q8_0 also values and the blocks they encode to.
"""

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file

TYPES = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]
random = np.random.default_rng(5)
out = {}
for name in TYPES:
    kind = GGMLQuantizationType[name]
    size = GGML_QUANT_SIZES[kind][1]
    blocks = []
    while len(blocks) < (64 if size == 2 else 5):
        block = random.integers(0, 256, size, dtype=np.uint8)
        if np.isfinite(dequantize(block.reshape(1, -1), kind)).all():
            blocks.append(block)
    out[f"{name}.blocks"] = np.concatenate(blocks)
    out[f"{name}.values"] = dequantize(np.concatenate(blocks).reshape(1, -1), kind).reshape(-1).astype(np.float32)
values = random.normal(0, 0.05, (8, 32)).astype(np.float32)
values[1] = 0
values[2] = np.arange(32) - 16.0  # scale 16/127
values[3] = np.arange(32) * 0.5 + 111.5  # halves at a scale of 1: largest is 127
values[4] *= 1e-6
out["Q8_0.input"] = values.reshape(-1)
out["Q8_0.encoded"] = quantize(values, GGMLQuantizationType.Q8_0).reshape(-1)
save_file(out, "blocks.safetensors")
