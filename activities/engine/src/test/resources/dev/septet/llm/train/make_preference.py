"""Direct preference optimisation of the tiny Llama of ../model/golden: losses, rewards and gradients by torch and
transformers, with the loss written out as in Rafailov et al., 2023 (arXiv:2305.18290, equation 7); the policy with the
peft adapter beside the model against the model itself, and the model against the one with the adapter. Where trl is
installed, its loss must be the same. Run with torch 2.7, transformers, peft, safetensors; writes preference.json and
preference.safetensors beside itself."""
import json
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "model" / "golden"
BETA = 0.4
torch.set_num_threads(1)
# question, chosen answer, rejected answer
PAIRS = [([5, 17, 3, 88], [41, 41, 9, 60], [2, 77, 31, 8, 19]), ([12, 7], [90, 33, 1, 64, 28], [50, 51]),
         ([3, 3, 8, 95, 0], [61, 7, 22], [61, 7, 23]), ([44], [15, 16, 17, 18, 19, 20, 21], [9, 9, 9])]
ROWS = [question + answer for question, *answers in PAIRS for answer in answers]
MASKS = [[0] * len(question) + [1] * len(answer) for question, *answers in PAIRS for answer in answers]


def base(dtype):
    return LlamaForCausalLM.from_pretrained(GOLDEN / "untied", torch_dtype=dtype)


def adapted(dtype):
    return PeftModel.from_pretrained(base(dtype), GOLDEN / "untied-adapter", is_trainable=True).to(dtype)


def answers(net):
    """log p(answer | question), summed over the answer's tokens: (rows)"""
    sums = []
    for row, mask in zip(ROWS, MASKS):
        logs = torch.log_softmax(net(input_ids=torch.tensor([row])).logits[0], -1)
        sums.append(sum(logs[t - 1, row[t]] for t in range(1, len(row)) if mask[t]))
    return torch.stack(sums)


def dpo(policy, reference):
    """mean over pairs of -log sigmoid(beta (log-ratio of chosen - log-ratio of rejected)), and beta log-ratios"""
    rewards = BETA * (policy - reference)
    return -torch.nn.functional.logsigmoid(rewards[0::2] - rewards[1::2]).mean(), rewards


def judged(policy, reference):
    loss, rewards = dpo(answers(policy), reference)
    loss.backward()
    names = {k: p.grad.float().contiguous() for k, p in policy.named_parameters() if p.grad is not None}
    return dict(loss=loss.item(), rewards=rewards.tolist(), reference=reference.tolist()), names


def steps(policy, reference, count):
    parameters = [p for p in policy.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-2, weight_decay=0.0)
    told = dict(losses=[], norms=[], accuracies=[], margins=[])
    for _ in range(count):
        optimizer.zero_grad()
        loss, rewards = dpo(answers(policy), reference)
        loss.backward()
        margins = (rewards[0::2] - rewards[1::2]).detach()
        told["losses"].append(loss.item())
        told["norms"].append(torch.nn.utils.clip_grad_norm_(parameters, 0.5).item())
        told["accuracies"].append((margins > 0).double().mean().item())
        told["margins"].append(margins.mean().item())
        optimizer.step()
    return told


with torch.no_grad():
    plain, tuned = answers(base(torch.float64)), answers(adapted(torch.float64))
golden, tensors = dict(beta=BETA, rows=ROWS, masks=MASKS), {}
golden["lora"], gradients = judged(adapted(torch.float64), plain)
tensors.update({"lora." + k.replace(".default", ""): g for k, g in gradients.items()})
golden["full"], gradients = judged(base(torch.float64), tuned)
tensors.update({"full." + k: g for k, g in gradients.items()})
golden["loraSteps"] = steps(adapted(torch.float64), plain, 6)
golden["fullSteps"] = steps(base(torch.float64), tuned, 6)
save_file(tensors, HERE / "preference.safetensors")
(HERE / "preference.json").write_text(json.dumps(golden) + "\n")
