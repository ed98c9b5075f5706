# A decoder: blocks of causal self-attention with rotary positions and a gated feed-forward network, each behind a
# root-mean-square norm and added to its input. Families switch some steps on: their switches are filled in below, and
# the compiler drops what is off.
#   Touvron et al., 2023, arXiv:2302.13971; grouped queries: Ainslie et al., 2023, arXiv:2305.13245;
#   rotary positions: Su et al., 2021, arXiv:2104.09864; gate: Shazeer, 2020, arXiv:2002.05202;
#   windows: Jiang et al., 2023, arXiv:2310.06825; experts: Jiang et al., 2024, arXiv:2401.04088;
#   Gemma 2, 2024, arXiv:2408.00118; Gemma 3, 2025, arXiv:2503.19786; Qwen3, 2025, arXiv:2505.09388
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens of all sequences, one after the other; M chosen tokens, D hidden, H query heads, K key/value heads,
#   E head size, F feed-forward size, V vocabulary, R rank
#   runs  pairs (B, T), in the tokens' order: B sequences of T tokens each. A sequence attends to itself only, so there
#       is neither padding nor a mask between sequences; those of equal length share products
#   W   weights: embedding (V, D), final norm (D), output (V, D), inverse frequencies (E/2), then per layer
#       norm (D), q (H*E, D), k (K*E, D), v (K*E, D), o (D, H*E), norm (D), gate (F, D), up (F, D), down (D, F),
#       and what the family has beside these, at the places that Java fills in (-1 where there is none):
#       biases (the outputs), norms of a head's query and key (E), norms of the sublayers' outputs (D), router (X, D);
#       X experts, each with gate, up and down, stand in place of the one network. Last of all, the inverse frequencies
#       of layers with a window (E/2)
#   L   adapter: empty, or per layer A (R, in) and B (out, R) for q k v o gate up down; empty tensors where none;
#       then as many pairs of DoRA's magnitudes (out) and squared norms of W's rows (out), empty where none
#   keys  (N) one random key per token for dropout; empty outside training
# The residual stream is float32; matrix products run in the compute type ${compute}.

def norm(self, h: Tensor, w: Tensor) -> Tensor:
    # h / sqrt(mean(h^2) + epsilon) * w, or * (1 + w)
    if ${offsetnorms}:
        w = 1. + w
    return (torch.rms_norm(h.to(${float32}), w.size(), None, ${epsilon}) * w).to(${compute})

def dropout(self, x: Tensor, keys: Tensor, site: int) -> Tensor:
    # x (N, C): channel c of token n survives when hash(keys[n], site, c) >= p; the hash is SplitMix64's finaliser
    if torch.numel(keys) == 0:
        return x
    c = torch.arange(0, x.size(1), 1, dtype=${int64}, layout=None, device=x.device) * ${golden}
    z = (keys + site * ${sitestep}).unsqueeze(1) + c
    z = (z ^ ((z >> 30) & ${low34})) * ${mix1}
    z = (z ^ ((z >> 27) & ${low37})) * ${mix2}
    u = (z >> 40) & ${low24}
    return x * (u >= ${dropped}) * ${survivors}

def matrix(self, w: Tensor, inputs: int) -> Tensor:
    # a linear layer's W (out, in) in the compute type
    if w.dtype == ${uint8}:
        return self.dequantized(w).view([-1, inputs]).to(${compute})
    return w.to(${compute})

def dequantized(self, w: Tensor) -> Tensor:
    # all weights that bytes of NF4 stand for, float32; nf4.py says what they are. Of B blocks the bytes are
    # tables + 4 ceil(B / 256) + 33 B
    size = w.size(0) - ${nf4tables}
    groups = (size + 8451) // 8452
    count = (size - 4 * groups) // 33
    start = ${nf4tables} + 4 * groups
    floats = torch.view_copy(w[0:start], dtype=${float32})
    pairs = floats[0:512].view([256, 2])
    factors = floats[769:].unsqueeze(1).expand([groups, 256]).reshape([-1])[0:count]
    scales = torch.index_select(floats[512:768], 0, w[start:start + count].to(${int32}))
    scales = torch.addcmul(floats[768], scales, factors)
    values = torch.embedding(pairs, w[start + count:].to(${int32}))  # (weights / 2, 2)
    return values.view([count, 64]) * scales.unsqueeze(1)

def project(self, x: Tensor, w: Tensor, L: List[Tensor], layer: int, site: int, keys: Tensor) -> Tensor:
    # W x + s B A dropout(x)                   Hu et al., 2021, arXiv:2106.09685
    # with magnitudes m, each row of W + s B A is as long as m says: PEFT's form with dropout is
    # W x + (c - 1) W dropout(x) + c s B A dropout(x), c = m / ||W + s B A||      Liu et al., 2024, arXiv:2402.09353
    matrix = self.matrix(w, x.size(-1))
    y = torch.linear(x, matrix)
    if len(L) == 0:
        return y
    i = 14 * layer + 2 * site
    a = L[i]
    b = L[i + 1]
    if torch.numel(a) == 0:
        return y
    x = self.dropout(x, keys, 7 * layer + site)
    u = torch.linear(x, a.to(${compute}))  # (N, R)
    up = b.to(${compute}).t()
    m = L[14 * ${layers} + i]
    if torch.numel(m) == 0:
        return torch.addmm(y, u, up, beta=1, alpha=${scaling})
    c = self.stretch(m, L[14 * ${layers} + i + 1], matrix, a, b)
    if torch.numel(keys) == 0:
        return self.stretched(torch.addmm(y, u, up, beta=1, alpha=${scaling}), c)
    dropped = torch.linear(x, matrix)
    return torch.add(torch.sub(y, dropped), self.stretched(torch.addmm(dropped, u, up, beta=1, alpha=${scaling}), c))

def stretch(self, m: Tensor, squares: Tensor, w: Tensor, a: Tensor, b: Tensor) -> Tensor:
    # m / ||W + s B A|| by rows (out), where squares (out) holds ||W||^2; empty squares: m is that already.
    # No gradient flows through the norm (section 4.3 of the paper, and PEFT).
    if torch.numel(squares) == 0:
        return m
    a = a.detach()
    b = b.detach()
    wa = torch.linear(a.to(w.dtype), w).t().to(${float32})  # (out, R)
    return m / self.lengths(squares, wa, a, b, ${scaling})

def plus(self, y: Tensor, W: List[Tensor], bias: int) -> Tensor:
    # y + b
    return y + W[bias].to(${compute}) if bias >= 0 else y

def join(self, h: Tensor, y: Tensor, W: List[Tensor], norm: int) -> Tensor:
    # the residual stream and a sublayer's output, normed or not
    return h + self.norm(y, W[norm]) if norm >= 0 else h + y

def heads(self, y: Tensor, W: List[Tensor], count: int, bias: int, norm: int) -> Tensor:
    # (N, count * E) -> (N, count, E), each head normed or not
    y = self.plus(y, W, bias).view([-1, count, ${headsize}])
    return self.norm(y, W[norm]) if norm >= 0 else y

def rotation(self, positions: Tensor, frequencies: Tensor, scale: float) -> List[Tensor]:
    # positions (N) -> cosines and sines (N, 1, E); both halves of a head turn by the same angles
    angles = positions.to(${float32}).unsqueeze(-1) * frequencies
    angles = torch.cat([angles, angles], -1).unsqueeze(1)
    return [(torch.cos(angles) * scale).to(${compute}), (torch.sin(angles) * scale).to(${compute})]

def rotations(self, positions: Tensor, W: List[Tensor]) -> List[Tensor]:
    # cosines and sines of the model's base, then those of the second base that layers with a window may have
    turns = self.rotation(positions, W[3], ${turnscale})
    if ${twobases}:
        turns = turns + self.rotation(positions, W[-1], 1.)
    return turns

def rotate(self, x: Tensor, turns: List[Tensor], layer: int) -> Tensor:
    # x (N, heads, E): the pair (x[i], x[i + E/2]) turned by its angle; per layer where its cosines are, -1 for no turn
    i = ${turns}[layer]
    if i < 0:
        return x
    a, b = torch.chunk(x, 2, -1)
    return x * turns[i] + torch.cat([torch.neg(b), a], -1) * turns[i + 1]

def tokens(self, runs: List[int]) -> List[int]:
    # how many tokens each run has
    counts = annotate(List[int], [])
    for r in range(len(runs) // 2):
        counts.append(runs[2 * r] * runs[2 * r + 1])
    return counts

def futures(self, like: Tensor, runs: List[int], window: int) -> List[Tensor]:
    # per run (1, G * T, T): -inf where a query does not look: right of the diagonal, and window tokens back; else 0.
    # For the fused kernel (1, T, T), and empty where no window matters, as it knows the diagonal
    all = annotate(List[Tensor], [])
    for r in range(len(runs) // 2):
        t = runs[2 * r + 1]
        fused = t > ${short} and not ${capped}
        if fused and t <= window:
            t = 0
        never = torch.full([t, t], -inf, dtype=${compute}, layout=None, device=like.device)
        hidden = torch.triu(never, 1)
        if t > window:
            hidden = hidden + torch.tril(never, -window)
        all.append((hidden if fused else hidden.repeat([${group}, 1])).unsqueeze(0))
    return all

def attend_run(self, q: Tensor, k: Tensor, v: Tensor, T: int, future: Tensor) -> Tensor:
    # softmax(s q k^T, causal) v for sequences of T tokens; each key/value head serves G = H/K query heads.
    # Written out for short sequences, where it is faster in both directions; the fused kernel keeps no T x T matrix.
    q = q.view([-1, T, ${heads}, ${headsize}]).transpose(1, 2)  # (B, H, T, E)
    k = k.view([-1, T, ${kvheads}, ${headsize}]).transpose(1, 2)
    v = v.view([-1, T, ${kvheads}, ${headsize}]).transpose(1, 2)
    if T <= ${short} or ${capped}:
        q = q.reshape([-1, ${group} * T, ${headsize}])  # (B * K, G * T, E)
        k = k.reshape([-1, T, ${headsize}])
        if ${capped}:
            z = torch.tanh(torch.bmm(q, k.transpose(1, 2)) * (${scorescale} / ${attentioncap}))
            z = z * ${attentioncap} + future  # c tanh(z / c)
        else:
            z = torch.baddbmm(future, q, k.transpose(1, 2), beta=1, alpha=${scorescale})
        o = torch.bmm(torch.softmax(z, -1), v.reshape([-1, T, ${headsize}])).view([-1, ${heads}, T, ${headsize}])
        return o.transpose(1, 2).reshape([-1, ${heads} * ${headsize}])
    if ${group} > 1:
        k = torch.flatten(k.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
        v = torch.flatten(v.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
    if torch.numel(future) > 0:
        o = torch.scaled_dot_product_attention(q, k, v, future, 0., False, scale=${scorescale})
    else:
        o = torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=${scorescale})
    return o.transpose(1, 2).reshape([-1, ${heads} * ${headsize}])

def attend(self, q: Tensor, k: Tensor, v: Tensor, runs: List[int], futures: List[Tensor]) -> Tensor:
    # q (N, H, E), k and v (N, K, E): every sequence attends to itself -> (N, H * E)
    if len(futures) == 1:
        return self.attend_run(q, k, v, runs[1], futures[0])
    counts = self.tokens(runs)
    qs = torch.split_with_sizes(q, counts)
    ks = torch.split_with_sizes(k, counts)
    vs = torch.split_with_sizes(v, counts)
    parts = annotate(List[Tensor], [])
    for r in range(len(futures)):
        parts.append(self.attend_run(qs[r], ks[r], vs[r], runs[2 * r + 1], futures[r]))
    return torch.cat(parts, 0)

def gate(self, x: Tensor) -> Tensor:
    # x sigmoid(x), or Gaussian: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
    if ${gelu}:
        return torch.gelu(x, approximate="tanh")
    return torch.silu(x)

def feed_forward(self, x: Tensor, W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    # down (gate(gate x) * up x)
    gate = self.plus(self.project(x, W[6], L, layer, 4, keys), W, ${gatebias})
    up = self.plus(self.project(x, W[7], L, layer, 5, keys), W, ${upbias})
    return self.plus(self.project(self.gate(gate) * up, W[8], L, layer, 6, keys), W, ${downbias})

def mixture(self, x: Tensor, W: List[Tensor], routed: List[Tensor]) -> Tensor:
    # sum of p_e down_e (gate(gate_e x) * up_e x) over the ${pertoken} experts of highest p = softmax(router x), their p
    # divided by its sum; x (N, D). The router's p (N, X) joins routed
    p = torch.softmax(torch.linear(x, W[${router}].to(${compute})).to(${float32}), -1)
    routed.append(p)
    best, chosen = torch.topk(p, ${pertoken}, -1)
    best = best / torch.sum(best, [-1], True)
    y = torch.zeros_like(x, dtype=${float32})
    for e in range(${experts}):
        i = ${router} + 1 + 3 * e
        n, rank = torch.unbind(torch.nonzero(chosen == e), 1)  # the tokens that this expert sees
        if n.size(0) > 0 or torch.is_grad_enabled():  # unseen, its gradients are zero, not missing
            u = torch.index_select(x, 0, n)
            u = self.gate(torch.linear(u, W[i].to(${compute}))) * torch.linear(u, W[i + 1].to(${compute}))
            u = torch.linear(u, W[i + 2].to(${compute})) * best[n, rank].unsqueeze(1)
            y = torch.index_add(y, 0, n, u.to(${float32}))
    return y

def imbalance(self, routed: List[Tensor]) -> Tensor:
    # X sum over experts of (share of choices * mean of p), over all tokens and layers: k when used alike
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

def embedded(self, ids: Tensor, W: List[Tensor]) -> Tensor:
    # ids (N) -> the residual stream (N, D) float32
    h = torch.embedding(W[0], ids).to(${float32})
    if ${scaled}:
        h = h * ${embeddingscale}
    return h

def blocks(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor], keys: Tensor, routed: List[Tensor]) -> Tensor:
    # tokens ids (N) at positions (N) of their sequences -> the last block's normed output (M, D) at the tokens at (M)
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
    # the same outside of training
    keys = torch.empty([0], dtype=${int64}, layout=None, device=ids.device)
    return self.blocks(ids, positions, runs, at, W, L, keys, annotate(List[Tensor], []))

def predicted(self, x: Tensor, output: Tensor) -> Tensor:
    # x (M, D), output (V, D) -> logits (M, V) float32, capped or not
    z = torch.linear(x, output).to(${float32})
    if ${outputcapped}:
        z = torch.tanh(z / ${outputcap}) * ${outputcap}
    return z

def predicted_into(self, z: Tensor, x: Tensor, output: Tensor) -> Tensor:
    # the same, z's elements overwritten
    if x.dtype == ${float32}:
        z = torch.mm(x, output.t(), out=z)
    else:
        z = z.copy_(torch.linear(x, output))
    if ${outputcapped}:
        z = z.div_(${outputcap}).tanh_().mul_(${outputcap})
    return z

def logits(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # scores of the token after each of the tokens at -> (M, V) float32
    x = self.hidden(ids, positions, runs, at, W, L)
    return self.predicted(x, W[2].to(${compute}))

def scores(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # (2, M) float32: log p(targets[m] | its sequence up to token at[m]), and 1 where no token is more probable than
    # that target (of several, the first counts), else 0; no more than a chunk of logits exists at once
    x = self.hidden(ids, positions, runs, at, W, L)
    output = W[2].to(${compute})
    parts = annotate(List[Tensor], [])
    i = 0
    while i < x.size(0):
        t = targets[i:i + ${chunk}]
        z = self.predicted(x[i:i + ${chunk}], output)
        p = torch.gather(torch.log_softmax(z, -1), 1, t.unsqueeze(1)).squeeze(1)
        parts.append(torch.stack([p, (torch.argmax(z, -1) == t).to(${float32})]))
        i = i + ${chunk}
    return torch.cat(parts, 1)

def log_probabilities(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # log p(targets[m] | its sequence up to token at[m]) -> (M) float32
    return self.scores(ids, positions, runs, at, targets, W, L)[0]

def logs(self, x: Tensor, output: Tensor, targets: Tensor) -> Tensor:
    # x (M, D), output (V, D): log softmax(x output^T)[target] (M) float32; no more than a chunk of logits exists at once
    output = output.to(${compute})
    parts = annotate(List[Tensor], [])
    i = 0
    while i < x.size(0):
        z = self.predicted(x[i:i + ${chunk}], output)
        parts.append(torch.gather(torch.log_softmax(z, -1), 1, targets[i:i + ${chunk}].unsqueeze(1)).squeeze(1))
        i = i + ${chunk}
    return torch.cat(parts)

def cross_entropy(self, x: Tensor, output: Tensor, targets: Tensor, weights: Tensor, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor]:
    # x (M, D), output (V, D): sum of -log softmax(x output^T)[target] (float64), and the gradients of
    # (sum / total) by x and, where asked, by the output matrix: d/dz = softmax(z) - onehot(target), and
    # d(c tanh(z / c))/dz = 1 - tanh(z / c)^2. With weights (M), gradients of the weighted sum; empty = all 1.
    # Chunks of logits take turns in two buffers: the allocator would give each a new place, as smaller tensors come to
    # lie in the old ones.
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
    # to (V, D) float32 + y^T x, in place; a product in bf16 has to be whole before it is added
    if y.dtype == ${float32}:
        return to.addmm_(y.t(), x)
    return torch.add_(to, torch.matmul(y.t(), x))

def balance(self, routed: List[Tensor], counted: int) -> Tensor:
    # the router's loss, counted for each token or pair, so that micro-batches count by what is in them
    return self.imbalance(routed) * (${routerloss} * counted)

def learned(self, x: Tensor, output: Tensor, targets: Tensor, pairs: List[Tensor], beta: float, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor, int]:
    # the objective's sum and what backward returns behind it (1 + ..), gradients of (sum / total) by x and by the output
    # matrix, and how many tokens or pairs were counted
    if len(pairs) == 0:
        every = torch.empty([0], dtype=${float32}, layout=None, device=x.device)
        loss, dx, d_output = self.cross_entropy(x, output, targets, every, total, train_output)
        return (loss.unsqueeze(0), dx, d_output, x.size(0))
    losses, weights = self.judged(self.logs(x, output, targets), pairs, beta)
    _, dx, d_output = self.cross_entropy(x, output, targets, weights, total, train_output)
    return (losses, dx, d_output, pairs[1].size(0) // 2)

def backward(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], pairs: List[Tensor], beta: float, total: float, recompute: int) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to every trainable tensor's .grad; returns the sum (1) float64.
    # total counts the loss-carrying tokens of the whole step, so micro-batches add up to the one big batch.
    # With pairs the sum is that of their losses, total counts pairs, and the rows' rewards come behind the sum (1 + R).
    #   recompute  1: keep only what enters each block, and compute the block anew when its gradients are due: the same
    #              numbers with a fraction of the memory, for about a third more time. Chen et al., 2016, arXiv:1604.06174
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
    # the gradient that has reached h
    g = h.grad
    assert g is not None
    return g

def backward_recomputing(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], pairs: List[Tensor], beta: float, total: float) -> Tensor:
    torch.set_grad_enabled(False)
    turns = self.rotations(positions, W)
    everywhere = self.futures(ids, runs, ${unlimited})
    nearby = self.futures(ids, runs, ${window}) if ${windowed} else everywhere
    h = self.embedded(ids, W)
    inputs = annotate(List[Tensor], [])  # (N, D) of each block from the lowest that learns on
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

def sequence(self, like: Tensor, slots: int) -> Tensor:
    # room for the keys and values of one sequence in every layer: (layers, 2, K, slots, E)
    return torch.empty([${layers}, 2, ${kvheads}, slots, ${headsize}], dtype=${compute}, layout=None, device=like.device)

def resized(self, C: Tensor, used: int, slots: int) -> Tensor:
    # the same sequence with room for more
    wide = torch.empty([${layers}, 2, ${kvheads}, slots, ${headsize}], dtype=${compute}, layout=None, device=C.device)
    wide[:, :, :, 0:used] = C[:, :, :, 0:used]
    return wide

def copied(self, C: Tensor, source: Tensor, start: int, end: int) -> Tensor:
    # takes the slots from start to end over from another sequence
    C[:, :, :, start:end] = source[:, :, :, start:end]
    return C

def rounded(self, L: List[Tensor]) -> List[Tensor]:
    # an adapter's matrices in the compute type; copies, so that the originals may go
    R = annotate(List[Tensor], [])
    for t in L:
        R.append(torch.clone(t.to(${compute}) if t.dim() > 1 else t))
    return R

def project_each(self, x: Tensor, w: Tensor, L: List[Tensor], layer: int, site: int, groups: List[int]) -> Tensor:
    # W x for all tokens x (N, in), plus B A x for each run of tokens that has an adapter, stretched where it says so
    y = torch.linear(x, w.to(${compute}))
    n = 0
    for g in range(len(groups) // 2):
        m = n + groups[2 * g + 1]
        i = groups[2 * g]
        if i >= 0:
            i = i + 14 * layer + 2 * site
            a = L[i]
            b = L[i + 1]
            c = L[i + 14 * ${layers}]
            if torch.numel(a) > 0:
                u = torch.linear(torch.linear(x[n:m], a.to(${compute})), b.to(${compute}))
                u = torch.add(y[n:m], u)
                y[n:m] = self.stretched(u, c) if torch.numel(c) > 0 else u
        n = m
    return y

def masks(self, like: Tensor, spans: List[int], window: int) -> List[Tensor]:
    # per sequence that is fed t > 1 tokens after start others: (G * t, slots in sight of any), true where a query sees
    all = annotate(List[Tensor], [])
    for s in range(len(spans) // 2):
        start = spans[2 * s]
        t = spans[2 * s + 1]
        seen = torch.ones([t, start + t], dtype=${bool}, layout=None, device=like.device)
        if t > 1:
            first = max(0, start + 1 - window)
            seen = torch.triu(torch.tril(seen, start), start + 1 - window)[:, first:].repeat([${group}, 1])
        all.append(seen)
    return all

def attend_slots(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    # q (1, K, Q, E), k and v (1, K, slots, E) -> softmax(s q k^T, where seen) v
    if ${capped}:
        z = torch.tanh(torch.matmul(q, k.transpose(2, 3)) * (${scorescale} / ${attentioncap})) * ${attentioncap}
        if mask is not None:
            z = torch.masked_fill(z, torch.logical_not(mask), -inf)
        return torch.matmul(torch.softmax(z, -1), v)
    return torch.scaled_dot_product_attention(q, k, v, mask, 0., False, scale=${scorescale})

def attend_each(self, q: Tensor, k: Tensor, v: Tensor, spans: List[int], masks: List[Tensor], layer: int, window: int, C: List[Tensor]) -> Tensor:
    # q (N, H, E), k and v (N, K, E), one sequence after the other: each attends to its own slots, which k and v join.
    # The G = H/K queries of one key/value head stand in a row, so nothing is repeated. -> (N, H * E)
    parts = annotate(List[Tensor], [])
    n = 0
    for s in range(len(C)):
        start = spans[2 * s]
        t = spans[2 * s + 1]
        kc = C[s][layer][0]
        vc = C[s][layer][1]
        kc[:, start:start + t] = k[n:n + t].transpose(0, 1)
        vc[:, start:start + t] = v[n:n + t].transpose(0, 1)
        first = max(0, start + 1 - window)
        kc = kc[:, first:start + t].unsqueeze(0)
        vc = vc[:, first:start + t].unsqueeze(0)
        if t == 1:
            o = self.attend_slots(q[n].view([1, ${kvheads}, ${group}, ${headsize}]), kc, vc, None)
            parts.append(o.reshape([1, ${heads} * ${headsize}]))
        else:
            grouped = q[n:n + t].view([t, ${kvheads}, ${group}, ${headsize}]).permute([1, 2, 0, 3])
            o = self.attend_slots(grouped.reshape([1, ${kvheads}, ${group} * t, ${headsize}]), kc, vc, masks[s])
            o = o.view([${kvheads}, ${group}, t, ${headsize}]).permute([2, 0, 1, 3])
            parts.append(o.reshape([t, ${heads} * ${headsize}]))
        n = n + t
    return torch.cat(parts, 0)

def feed_forward_each(self, x: Tensor, W: List[Tensor], L: List[Tensor], layer: int, groups: List[int]) -> Tensor:
    gate = self.plus(self.project_each(x, W[6], L, layer, 4, groups), W, ${gatebias})
    up = self.plus(self.project_each(x, W[7], L, layer, 5, groups), W, ${upbias})
    return self.plus(self.project_each(self.gate(gate) * up, W[8], L, layer, 6, groups), W, ${downbias})

def decode(self, ids: Tensor, positions: Tensor, spans: List[int], groups: List[int], at: Tensor, scored: Tensor, limit: int, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> List[Tensor]:
    # Feeds tokens ids (N) at positions (N) to sequences C, each (layers, 2, K, slots, E), one after the other.
    #   spans   per sequence: how many tokens it holds already, how many of ids are its
    #   groups  per run of tokens with the same adapter: where that begins in L, or -1; how many tokens
    # Returns the most probable next tokens (M) among the first limit, and their scores (M), at the flat positions
    # at (M); and all scores (P, limit) float32 at those of them that scored (P) names.
    h = self.embedded(ids, W)
    turns = self.rotations(positions, W)
    everywhere = self.masks(ids, spans, ${unlimited})
    nearby = self.masks(ids, spans, ${window}) if ${windowed} else everywhere
    for layer in range(${layers}):
        i = 4 + ${slots} * layer
        w = W[i:i + ${slots}]
        local = ${local}[layer]
        x = self.norm(h, w[0])
        q = self.heads(self.project_each(x, w[1], L, layer, 0, groups), w, ${heads}, ${qbias}, ${qnorm})
        k = self.heads(self.project_each(x, w[2], L, layer, 1, groups), w, ${kvheads}, ${kbias}, ${knorm})
        v = self.heads(self.project_each(x, w[3], L, layer, 2, groups), w, ${kvheads}, ${vbias}, -1)
        q = self.rotate(q, turns, layer)
        k = self.rotate(k, turns, layer)
        window = ${window} if local else ${unlimited}
        o = self.attend_each(q, k, v, spans, nearby if local else everywhere, layer, window, C)
        o = self.plus(self.project_each(o, w[4], L, layer, 3, groups), w, ${obias})
        h = self.join(h, o, w, ${attentionnorm})
        x = self.norm(h, w[5])
        if ${mixture}:
            h = h + self.mixture(x, w, annotate(List[Tensor], []))
        else:
            h = self.join(h, self.feed_forward_each(x, w, L, layer, groups), w, ${feedforwardnorm})
    x = self.norm(torch.index_select(h, 0, at), W[1])
    z = self.predicted(x, W[2].to(${compute}))[:, 0:limit]
    best = torch.argmax(z, -1)
    return [best, torch.gather(z, 1, best.unsqueeze(1)).squeeze(1), torch.index_select(z, 0, scored)]
