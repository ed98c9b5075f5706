"""Penalties of L2-SP and EWC with their gradients, by torch's autograd in float64; and the diagonal Fisher information
of the tiny models of ../model/golden, by transformers, at the rows' own tokens. Run with torch 2.7, transformers,
safetensors; writes anchors.json, anchors.safetensors and fisher.safetensors beside itself."""
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "model" / "golden"
torch.set_num_threads(1)
torch.manual_seed(5)
SCALING, L2SP, EWC = 2.0, 0.3, 0.7


def random(*shape):
    return torch.randn(*shape, dtype=torch.float64).float().double()  # exact in float32


W, W0, FW = random(4, 6), random(4, 6), random(4, 6).square().float().double()
N, N0, FN = random(6), random(6), random(6).square().float().double()
A, A0, B, B0 = random(2, 5), random(2, 5), random(3, 2), random(3, 2)
FD = random(3, 5).square().float().double()
tensors = {"w": W, "w0": W0, "n": N, "n0": N0, "a": A, "a0": A0, "b": B, "b0": B0, "fisher.w": FW, "fisher.n": FN,
           "fisher.product": FD}
numbers = {"scaling": SCALING, "l2sp": L2SP, "ewc": EWC}
trained = {k: v.clone().requires_grad_() for k, v in {"w": W, "n": N, "a": A, "b": B}.items()}
delta = SCALING * (trained["b"] @ trained["a"] - B0 @ A0)
changes = [(trained["w"] - W0, FW), (trained["n"] - N0, FN), (delta, FD)]
for name, strength, weigh in [("l2sp", L2SP, False), ("ewc", EWC, True)]:
    for p in trained.values():
        p.grad = None
    penalty = strength / 2 * sum(((f if weigh else 1) * d.square()).sum() for d, f in changes)
    penalty.backward(retain_graph=True)
    numbers[name + "Penalty"] = penalty.item()
    tensors.update({f"{name}.{k}": p.grad.clone() for k, p in trained.items()})
save_file({k: v.float().contiguous() for k, v in tensors.items()}, HERE / "anchors.safetensors")
(HERE / "anchors.json").write_text(json.dumps(numbers) + "\n")

golden = json.loads((GOLDEN / "tied.json").read_text())
net = LlamaForCausalLM.from_pretrained(GOLDEN / "tied", torch_dtype=torch.float64)
sums, count = {k: torch.zeros_like(p) for k, p in net.named_parameters()}, 0
for row, mask in zip(golden["rows"], golden["masks"]):
    net.zero_grad()
    p = torch.log_softmax(net(input_ids=torch.tensor([row])).logits[0], -1)
    places = [t for t in range(1, len(row)) if mask[t]]
    sum(p[t - 1, row[t]] for t in places).backward()
    count += len(places)
    for key, parameter in net.named_parameters():
        sums[key] += parameter.grad.square()
save_file({k: (v / count).float() for k, v in sums.items()}, HERE / "fisher.safetensors")
