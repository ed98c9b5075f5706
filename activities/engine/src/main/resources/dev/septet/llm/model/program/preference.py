# Direct preference optimization (DPO): Rafailov et al., 2023, arXiv:2305.18290. Part of the training programs.
#   R rows in pairs: chosen, rejected, chosen, rejected and so on; M tokens of their answers, row after row
#   pairs  empty, or: (R) int64, number of tokens in each row's answer; (R) float64, log-probability of each row's
#       answer under the reference model

def judged(self, logs: Tensor, pairs: List[Tensor], beta: float) -> Tuple[Tensor, Tensor]:
    # logs (M), log p of each token. With r = beta (log p(answer) - log p_reference(answer)) and
    # u = r(chosen) - r(rejected), returns:
    # (1 + R) float64, the sum of -log sigmoid(u) over all pairs, then each row's r;
    # (M) float32, the weight of each token's cross-entropy in the gradient: d -log sigmoid(u) / d log p is
    # -beta sigmoid(-u) for chosen answers and beta sigmoid(-u) for rejected ones
    rows = torch.repeat_interleave(pairs[0])
    sums = torch.index_add(torch.zeros_like(pairs[1]), 0, rows, logs.to(${float64}))
    rewards = (sums - pairs[1]) * beta
    u = rewards[0::2] - rewards[1::2]
    loss = torch.neg(torch.sum(torch.log_sigmoid(u)))
    w = torch.sigmoid(torch.neg(u)) * beta
    w = torch.flatten(torch.stack([w, torch.neg(w)], 1))
    return (torch.cat([loss.unsqueeze(0), rewards]), torch.index_select(w, 0, rows).to(${float32}))
