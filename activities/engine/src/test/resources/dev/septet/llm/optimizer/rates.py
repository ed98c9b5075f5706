"""Learning rates of transformers' schedules at every step; writes rates.json beside itself."""
import json, torch
from pathlib import Path
from transformers import get_constant_schedule_with_warmup, get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

STEPS = 20
MAKERS = dict(constant=lambda o, w: get_constant_schedule_with_warmup(o, w),
              linear=lambda o, w: get_linear_schedule_with_warmup(o, w, STEPS),
              cosine=lambda o, w: get_cosine_schedule_with_warmup(o, w, STEPS))


def rates(make, warmup):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-4)
    schedule = make(optimizer, warmup)
    out = []
    for _ in range(STEPS):
        out.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return dict(warmup=warmup, rates=out)


golden = {name: [rates(make, warmup) for warmup in (0, 1, 7)] for name, make in MAKERS.items()}
(Path(__file__).parent / "rates.json").write_text(json.dumps(golden) + "\n")
