# Training of the decoder in decoder.py: libtorch's autograd computes the gradients of any of its tensors.

def product(self, x: Tensor, w: Tensor) -> Tensor:
    return torch.linear(x, w.to(${compute}))

def feed_forward(self, x: Tensor, W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    # down (gate(gate x) * up x)
    gate = self.plus(self.project(x, W[6], L, layer, 4, keys), W, ${gatebias})
    up = self.plus(self.project(x, W[7], L, layer, 5, keys), W, ${upbias})
    return self.plus(self.project(self.gate(gate) * up, W[8], L, layer, 6, keys), W, ${downbias})

def imbalance(self, routed: List[Tensor]) -> Tensor:
    # X times the sum over experts of (share of choices * mean of p), over all tokens and layers; with equally used
    # experts it equals the number of experts per token
    p = torch.cat(routed, 0)
    _, chosen = torch.topk(p, ${pertoken}, -1)
    counts = torch.zeros([${experts}], dtype=${float32}, layout=None, device=p.device)
    chosen = torch.flatten(chosen, 0, -1)
    counts = torch.index_add(counts, 0, chosen, torch.ones_like(chosen, dtype=${float32}))
    return torch.sum(counts / p.size(0) * torch.mean(p, [0])) * ${experts}

def block(self, h: Tensor, turns: List[Tensor], runs: List[int], futures: List[Tensor], W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor, routed: List[Tensor]) -> Tensor:
    x = self.norm(h, W[0])
    q = self.heads(self.project(x, W[1], L, layer, 0, keys), W, ${heads}, ${qbias}, ${qnorm})
    k = self.heads(self.project(x, W[2], L, layer, 1, keys), W, ${kvheads}, ${kbias}, ${knorm})
    v = self.heads(self.project(x, W[3], L, layer, 2, keys), W, ${kvheads}, ${vbias}, -1)
    o = self.attend(self.rotate(q, turns, layer), self.rotate(k, turns, layer), v, runs, futures)
    o = self.plus(self.project(o, W[4], L, layer, 3, keys), W, ${obias})
    h = self.join(h, o, W, ${attentionnorm})
    x = self.norm(h, W[5])
    if ${mixture}:
        return h + self.mixture(x, W, routed)
    return self.join(h, self.feed_forward(x, W, L, layer, keys), W, ${feedforwardnorm})

def blocks(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor], keys: Tensor, routed: List[Tensor]) -> Tensor:
    # tokens ids (N) at positions (N) of their sequences -> the last block's normalized output (M, D) at the
    # tokens at (M)
    h = self.embedded(ids, W)
    turns = self.rotations(positions, W)
    everywhere = self.futures(ids, runs, ${unlimited})
    nearby = self.futures(ids, runs, ${window}) if ${windowed} else everywhere
    for layer in range(${layers}):
        i = 4 + ${slots} * layer
        futures = nearby if ${local}[layer] else everywhere
        h = self.block(h, turns, runs, futures, W[i:i + ${slots}], L, layer, keys, routed)
    return self.norm(torch.index_select(h, 0, at), W[1])

def hidden(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # blocks outside training
    keys = torch.empty([0], dtype=${int64}, layout=None, device=ids.device)
    return self.blocks(ids, positions, runs, at, W, L, keys, annotate(List[Tensor], []))

def predicted_into(self, z: Tensor, x: Tensor, output: Tensor) -> Tensor:
    # predicted, written into z
    if x.dtype == ${float32}:
        z = torch.mm(x, output.t(), out=z)
    else:
        z = z.copy_(torch.linear(x, output))
    if ${outputcapped}:
        z = z.div_(${outputcap}).tanh_().mul_(${outputcap})
    return z

def logs(self, x: Tensor, output: Tensor, targets: Tensor) -> Tensor:
    # x (M, D), output (V, D): log softmax(x output^T)[target] (M) float32; at most one chunk of logits is in memory
    output = output.to(${compute})
    parts = annotate(List[Tensor], [])
    i = 0
    while i < x.size(0):
        z = self.predicted(x[i:i + ${chunk}], output)
        parts.append(torch.gather(torch.log_softmax(z, -1), 1, targets[i:i + ${chunk}].unsqueeze(1)).squeeze(1))
        i = i + ${chunk}
    return torch.cat(parts)

def cross_entropy(self, x: Tensor, output: Tensor, targets: Tensor, weights: Tensor, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor]:
    # x (M, D), output (V, D): sum of -log softmax(x output^T)[target] (float64), and the gradients of (sum / total)
    # with respect to x and, if requested, to the output matrix: d/dz = softmax(z) - onehot(target), and
    # d(c tanh(z / c))/dz = 1 - tanh(z / c)^2. With weights (M), gradients of the weighted sum; empty for all 1.
    # All chunks of logits reuse two buffers. Otherwise the allocator would need new memory for each chunk, because
    # smaller tensors occupy parts of the freed memory.
    loss = torch.zeros([], dtype=${float64}, layout=None, device=x.device)
    dx = torch.empty_like(x)
    d_output = torch.zeros([0], dtype=${float32}, layout=None, device=x.device)
    if train_output == 1:
        d_output = torch.zeros_like(output, dtype=${float32})
    output = output.to(${compute})
    zs = torch.empty([min(${chunk}, x.size(0)), output.size(0)], dtype=${float32}, layout=None, device=x.device)
    ps = torch.empty_like(zs)
    i = 0
    while i < x.size(0):
        j = min(i + ${chunk}, x.size(0))
        t = targets[i:j].unsqueeze(1)
        z = self.predicted_into(zs[0:j - i], x[i:j], output)
        p = torch._log_softmax(z, -1, False, out=ps[0:j - i])
        loss = loss - torch.sum(torch.gather(p, 1, t), dtype=${float64})
        p = torch.exp_(p)
        p = torch.scatter_add_(p, 1, t, torch.full([j - i, 1], -1., dtype=${float32}, layout=None, device=x.device))
        p = torch.div_(p, total)
        if torch.numel(weights) > 0:
            p = torch.mul_(p, weights[i:j].unsqueeze(1))
        if ${outputcapped}:
            p = p.mul_(z.div_(${outputcap}).square_().neg_().add_(1.))
        dz = p.to(${compute})
        dx[i:j] = torch.matmul(dz, output)
        if train_output == 1:
            d_output = self.add_product(d_output, dz, x[i:j])
        i = j
    return (loss, dx, d_output)

def add_product(self, to: Tensor, y: Tensor, x: Tensor) -> Tensor:
    # to (V, D) float32 + y^T x, in place; a bf16 product must be complete before it is added
    if y.dtype == ${float32}:
        return to.addmm_(y.t(), x)
    return torch.add_(to, torch.matmul(y.t(), x))

def balance(self, routed: List[Tensor], counted: int) -> Tensor:
    # the router's auxiliary loss times the number of tokens or pairs, so that micro-batches are weighted by their
    # content
    return self.imbalance(routed) * (${routerloss} * counted)

def learned(self, x: Tensor, output: Tensor, targets: Tensor, pairs: List[Tensor], beta: float, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor, int]:
    # the objective's sum and the rewards that backward returns after it (1 + ..), the gradients of (sum / total) with
    # respect to x and to the output matrix, and the number of tokens or pairs
    if len(pairs) == 0:
        every = torch.empty([0], dtype=${float32}, layout=None, device=x.device)
        loss, dx, d_output = self.cross_entropy(x, output, targets, every, total, train_output)
        return (loss.unsqueeze(0), dx, d_output, x.size(0))
    losses, weights = self.judged(self.logs(x, output, targets), pairs, beta)
    _, dx, d_output = self.cross_entropy(x, output, targets, weights, total, train_output)
    return (losses, dx, d_output, pairs[1].size(0) // 2)

def backward(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], pairs: List[Tensor], beta: float, total: float, recompute: int) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to every trainable tensor's .grad; returns the sum (1)
    # float64.
    # total counts the loss-carrying tokens of the whole step, so micro-batches add up to the one big batch.
    # With pairs, the sum is that of their losses, total counts pairs, and the rows' rewards follow the sum (1 + R).
    #   recompute  1: keep only the input of each block, and recompute the block in the backward pass: the same numbers
    #              with a fraction of the memory, in about a third more time. Chen et al., 2016, arXiv:1604.06174
    if recompute == 1:
        return self.backward_recomputing(ids, positions, runs, at, targets, keys, W, L, pairs, beta, total)
    routed = annotate(List[Tensor], [])
    x = self.blocks(ids, positions, runs, at, W, L, keys, routed)
    output = W[2]
    loss, dx, d_output, counted = self.learned(x.detach(), output.detach(), targets, pairs, beta, total, int(output.requires_grad))
    if ${balanced}:
        share = self.balance(routed, counted)
        loss[0:1].add_(share.detach())
        x = torch.sum(x * dx) + share / total
        dx = torch.ones_like(x)
    x.backward(dx)
    if output.requires_grad:
        output.backward(d_output)
    return loss

def learns(self, W: List[Tensor], L: List[Tensor], layer: int) -> bool:
    # whether a block, or the embedding below it, has a trainable tensor
    if W[0].requires_grad:
        return True
    i = 4 + ${slots} * layer
    for w in W[i:i + ${slots}]:
        if w.requires_grad:
            return True
    for l in L[14 * layer:14 * layer + 14]:
        if l.requires_grad:
            return True
    return False

def flowed(self, h: Tensor) -> Tensor:
    # the gradient of h
    g = h.grad
    assert g is not None
    return g

def backward_recomputing(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], pairs: List[Tensor], beta: float, total: float) -> Tensor:
    torch.set_grad_enabled(False)
    turns = self.rotations(positions, W)
    everywhere = self.futures(ids, runs, ${unlimited})
    nearby = self.futures(ids, runs, ${window}) if ${windowed} else everywhere
    h = self.embedded(ids, W)
    inputs = annotate(List[Tensor], [])  # (N, D) of each block from the lowest trained one
    routed = annotate(List[Tensor], [])
    for layer in range(${layers}):
        i = 4 + ${slots} * layer
        futures = nearby if ${local}[layer] else everywhere
        if len(inputs) > 0 or self.learns(W, L, layer):
            inputs.append(h)
        h = self.block(h, turns, runs, futures, W[i:i + ${slots}], L, layer, keys, routed)
    torch.set_grad_enabled(True)
    h = h.detach().requires_grad_(True)
    x = self.norm(torch.index_select(h, 0, at), W[1])
    output = W[2]
    loss, dx, d_output, counted = self.learned(x.detach(), output.detach(), targets, pairs, beta, total, int(output.requires_grad))
    x.backward(dx)
    if ${balanced}:
        for p in routed:
            p.requires_grad_(True)
        share = self.balance(routed, counted)
        loss[0:1].add_(share.detach())
        share = share / total
        share.backward()
    count = len(inputs)
    for back in range(count):
        layer = ${layers} - 1 - back
        i = 4 + ${slots} * layer
        futures = nearby if ${local}[layer] else everywhere
        g = self.flowed(h)
        h = inputs.pop().detach().requires_grad_(back < count - 1 or W[0].requires_grad)
        again = annotate(List[Tensor], [])
        y = self.block(h, turns, runs, futures, W[i:i + ${slots}], L, layer, keys, again)
        if ${balanced}:
            y = torch.sum(y * g) + torch.sum(again[0] * self.flowed(routed[layer]))
            g = torch.ones_like(y)
        y.backward(g)
    if W[0].requires_grad:
        e = self.embedded(ids, W)
        e.backward(self.flowed(h))
    if output.requires_grad:
        output.backward(d_output)
    return loss
