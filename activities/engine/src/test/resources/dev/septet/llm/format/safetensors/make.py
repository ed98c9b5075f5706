"""Makes mixed.safetensors with the reference implementation: python make.py"""

import numpy as np
import torch
from safetensors.torch import save_file

halves = torch.tensor(
    [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1035e-05, 5.9605e-08, 3.0e-08, float("inf"), -float("inf"), 0.1, 1 / 3]
)
save_file(
    {
        "f32": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 7,
        "f16": halves.to(torch.float16),
        "bf16": halves.to(torch.bfloat16),
        "i64": torch.tensor([-1, 2**62]),
        "i32": torch.tensor([[7], [-8]], dtype=torch.int32),
        "u8": torch.tensor([0, 255], dtype=torch.uint8),
        "i8": torch.tensor([-128, 127], dtype=torch.int8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 4),
    },
    "mixed.safetensors",
    metadata={"format": "pt"},
)
