"""What bitsandbytes 0.50 makes of matrices in NF4 with double quantisation, and reads back. Writes beside itself; run
with torch 2.7, bitsandbytes, safetensors."""
from pathlib import Path
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit
from safetensors.torch import save_file

torch.set_num_threads(1)
torch.manual_seed(3)
MATRICES = {
    "small": torch.randn(48, 32) * 0.05,  # 24 scales, less than a group
    "wide": torch.randn(288, 96) * torch.rand(288, 1),  # 432 scales of different sizes, more than a group
    "odd": torch.randn(64, 64) ** 5,  # far from normal
}
MATRICES["odd"][3] = 0  # a whole block
tensors = {}
for name, matrix in MATRICES.items():
    # flat: the CPU's kernel reads a block for each row that is shorter than one, the GPU's reads blocks across rows
    codes, state = quantize_4bit(matrix.view(1, -1), blocksize=64, compress_statistics=True, quant_type="nf4")
    tensors[f"{name}.weight"] = matrix.contiguous()
    tensors[f"{name}.codes"] = codes.flatten()
    tensors[f"{name}.scales"] = state.absmax
    tensors[f"{name}.factors"] = state.state2.absmax
    tensors[f"{name}.mean"] = state.offset.view(1)
    tensors[f"{name}.read"] = dequantize_4bit(codes, state).view_as(matrix)
tensors["levels"] = state.state2.code
save_file(tensors, Path(__file__).parent / "bitsandbytes.safetensors")
