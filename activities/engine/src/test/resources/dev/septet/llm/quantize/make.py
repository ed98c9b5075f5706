"""Makes blocks.safetensors and encoded.safetensors with the gguf package (0.19.0) and llama.cpp:
python make.py PATH/xllamacpp.abi3.so (from the package xllamacpp 2026.10.11549, which has llama.cpp in it)

blocks: per type, blocks of random bytes and the values they decode to.
encoded: values, and the blocks that they become: of 32 values by the gguf package, of 256 by llama.cpp.
"""

import ctypes
import sys

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
save_file(out, "blocks.safetensors")

values = random.normal(0, 0.05, (24, 256)).astype(np.float32)
values[1] = 0
values[2] = np.arange(256) % 32 - 16.0  # Q8_0: scale 16/127
values[3] = np.arange(256) % 32 * 0.5 + 111.5  # Q8_0: halves at a scale of 1: the largest is 127
values[4] *= 1e-6
values[5] = np.abs(values[5])  # minima above 0
values[6] = 0.03  # constant
values[7] = random.standard_t(2, 256) * 0.02  # heavy tails
values[8, 100] = 3  # one outlier
values[9] = random.uniform(-1, 0, 256)  # all negative
values[10, :32] = 0  # one empty group
out = {"values": values.reshape(-1)}
for name in ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]:
    out[name] = quantize(values, GGMLQuantizationType[name]).reshape(-1)
llama = ctypes.CDLL(sys.argv[1])
llama.ggml_quantize_chunk.restype = ctypes.c_size_t
for name in ["Q4_K", "Q5_K", "Q6_K"]:
    kind = GGMLQuantizationType[name]
    blocks = np.zeros(len(values) * GGML_QUANT_SIZES[kind][1], np.uint8)
    llama.ggml_quantize_chunk(
        int(kind),
        values.ctypes.data_as(ctypes.c_void_p),
        blocks.ctypes.data_as(ctypes.c_void_p),
        ctypes.c_int64(0),
        ctypes.c_int64(len(values)),
        ctypes.c_int64(256),
        None,
    )
    out[name] = blocks
save_file(out, "encoded.safetensors")
