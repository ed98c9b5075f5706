# Llama: blocks of causal self-attention with rotary positions and a gated feed-forward network, each
# behind a root-mean-square norm and added to its input.
#   Touvron et al., 2023, arXiv:2302.13971; grouped queries: Ainslie et al., 2023, arXiv:2305.13245;
#   rotary positions: Su et al., 2021, arXiv:2104.09864; gate: Shazeer, 2020, arXiv:2002.05202
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens of all sequences, one after the other; M chosen tokens, D hidden, H query heads, K key/value heads,
#   E head size, F feed-forward size, V vocabulary, R rank
#   runs  pairs (B, T), in the tokens' order: B sequences of T tokens each. A sequence attends to itself only, so there
#       is neither padding nor a mask between sequences; those of equal length share products
#   W   weights: embedding (V, D), final norm (D), output (V, D), inverse frequencies (E/2), then per layer
#       norm (D), q (H*E, D), k (K*E, D), v (K*E, D), o (D, H*E), norm (D), gate (F, D), up (F, D), down (D, F)
#   L   adapter: empty, or per layer A (R, in) and B (out, R) for q k v o gate up down; empty tensors where none
#   keys  (N) one random key per token for dropout; empty outside training
# The residual stream is float32; matrix products run in the compute type ${compute}.

def norm(self, h: Tensor, w: Tensor) -> Tensor:
    # h / sqrt(mean(h^2) + epsilon) * w
    return (torch.rms_norm(h, [${hidden}], None, ${epsilon}) * w).to(${compute})

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

def project(self, x: Tensor, w: Tensor, L: List[Tensor], layer: int, site: int, keys: Tensor) -> Tensor:
    # W x + (alpha / rank) B A dropout(x)      Hu et al., 2021, arXiv:2106.09685
    y = torch.linear(x, w.to(${compute}))
    if len(L) == 0:
        return y
    i = 14 * layer + 2 * site
    a = L[i]
    b = L[i + 1]
    if torch.numel(a) == 0:
        return y
    x = self.dropout(x, keys, 7 * layer + site)
    u = torch.linear(x, a.to(${compute}))  # (N, R)
    return torch.add(y, torch.linear(u, b.to(${compute})), alpha=${scaling})

def rotation(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
    # positions (N) -> cosines and sines (N, 1, E); both halves of a head turn by the same angles
    angles = positions.to(${float32}).unsqueeze(-1) * frequencies
    angles = torch.cat([angles, angles], -1).unsqueeze(1)
    return (torch.cos(angles).to(${compute}), torch.sin(angles).to(${compute}))

def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    # x (N, heads, E): the pair (x[i], x[i + E/2]) turned by its angle
    a, b = torch.chunk(x, 2, -1)
    return x * cos + torch.cat([torch.neg(b), a], -1) * sin

def tokens(self, runs: List[int]) -> List[int]:
    # how many tokens each run has
    counts = annotate(List[int], [])
    for r in range(len(runs) // 2):
        counts.append(runs[2 * r] * runs[2 * r + 1])
    return counts

def futures(self, like: Tensor, runs: List[int]) -> List[Tensor]:
    # per run of short sequences (1, G * T, T): -inf right of the diagonal, else 0; empty for a run of long ones
    all = annotate(List[Tensor], [])
    for r in range(len(runs) // 2):
        t = runs[2 * r + 1] if runs[2 * r + 1] <= ${short} else 0
        future = torch.full([t, t], -inf, dtype=${compute}, layout=None, device=like.device)
        all.append(torch.triu(future, 1).repeat([${group}, 1]).unsqueeze(0))
    return all

def attend_run(self, q: Tensor, k: Tensor, v: Tensor, T: int, future: Tensor) -> Tensor:
    # softmax(q k^T / sqrt(E), causal) v for sequences of T tokens; each key/value head serves G = H/K query heads.
    # Written out for short sequences, where it is faster in both directions; the fused kernel keeps no T x T matrix.
    q = q.view([-1, T, ${heads}, ${headsize}]).transpose(1, 2)  # (B, H, T, E)
    k = k.view([-1, T, ${kvheads}, ${headsize}]).transpose(1, 2)
    v = v.view([-1, T, ${kvheads}, ${headsize}]).transpose(1, 2)
    if T <= ${short}:
        q = q.reshape([-1, ${group} * T, ${headsize}])  # (B * K, G * T, E)
        k = k.reshape([-1, T, ${headsize}])
        p = torch.softmax(torch.baddbmm(future, q, k.transpose(1, 2), beta=1, alpha=${rootsize}), -1)
        o = torch.bmm(p, v.reshape([-1, T, ${headsize}])).view([-1, ${heads}, T, ${headsize}])
        return o.transpose(1, 2).reshape([-1, ${heads} * ${headsize}])
    if ${group} > 1:
        k = torch.flatten(k.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
        v = torch.flatten(v.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
    o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
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

def feed_forward(self, x: Tensor, W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    # down (silu(gate x) * up x)
    gate = self.project(x, W[6], L, layer, 4, keys)
    up = self.project(x, W[7], L, layer, 5, keys)
    return self.project(torch.silu(gate) * up, W[8], L, layer, 6, keys)

def block(self, h: Tensor, cos: Tensor, sin: Tensor, runs: List[int], futures: List[Tensor], W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    x = self.norm(h, W[0])
    q = self.rotate(self.project(x, W[1], L, layer, 0, keys).view([-1, ${heads}, ${headsize}]), cos, sin)
    k = self.rotate(self.project(x, W[2], L, layer, 1, keys).view([-1, ${kvheads}, ${headsize}]), cos, sin)
    v = self.project(x, W[3], L, layer, 2, keys).view([-1, ${kvheads}, ${headsize}])
    h = h + self.project(self.attend(q, k, v, runs, futures), W[4], L, layer, 3, keys)
    return h + self.feed_forward(self.norm(h, W[5]), W, L, layer, keys)

def hidden(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor], keys: Tensor) -> Tensor:
    # tokens ids (N) at positions (N) of their sequences -> the last block's normed output (M, D) at the tokens at (M)
    h = torch.embedding(W[0], ids).to(${float32})
    cos, sin = self.rotation(positions, W[3])
    futures = self.futures(ids, runs)
    for layer in range(${layers}):
        i = 4 + 9 * layer
        h = self.block(h, cos, sin, runs, futures, W[i:i + 9], L, layer, keys)
    return self.norm(torch.index_select(h, 0, at), W[1])

def logits(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # scores of the token after each of the tokens at -> (M, V) float32
    x = self.hidden(ids, positions, runs, at, W, L, torch.empty([0], dtype=${int64}, layout=None, device=ids.device))
    return torch.linear(x, W[2].to(${compute})).to(${float32})

def scores(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # (2, M) float32: log p(targets[m] | its sequence up to token at[m]), and 1 where no token is more probable than
    # that target (of several, the first counts), else 0; no more than a chunk of logits exists at once
    x = self.hidden(ids, positions, runs, at, W, L, torch.empty([0], dtype=${int64}, layout=None, device=ids.device))
    output = W[2].to(${compute})
    parts = annotate(List[Tensor], [])
    i = 0
    while i < x.size(0):
        t = targets[i:i + ${chunk}]
        z = torch.linear(x[i:i + ${chunk}], output).to(${float32})
        p = torch.gather(torch.log_softmax(z, -1), 1, t.unsqueeze(1)).squeeze(1)
        parts.append(torch.stack([p, (torch.argmax(z, -1) == t).to(${float32})]))
        i = i + ${chunk}
    return torch.cat(parts, 1)

def log_probabilities(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # log p(targets[m] | its sequence up to token at[m]) -> (M) float32
    return self.scores(ids, positions, runs, at, targets, W, L)[0]

def cross_entropy(self, x: Tensor, output: Tensor, targets: Tensor, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor]:
    # x (M, D), output (V, D): sum of -log softmax(x output^T)[target] (float64), and the gradients of
    # (sum / total) by x and, where asked, by the output matrix: d/dz = softmax(z) - onehot(target)
    loss = torch.zeros([], dtype=${float64}, layout=None, device=x.device)
    dx = torch.empty_like(x)
    d_output = torch.zeros([0], dtype=${float32}, layout=None, device=x.device)
    if train_output == 1:
        d_output = torch.zeros_like(output, dtype=${float32})
    output = output.to(${compute})
    i = 0
    while i < x.size(0):
        j = min(i + ${chunk}, x.size(0))
        t = targets[i:j].unsqueeze(1)
        p = torch.log_softmax(torch.linear(x[i:j], output).to(${float32}), -1)
        loss = loss - torch.sum(torch.gather(p, 1, t), dtype=${float64})
        p = torch.exp_(p)
        p = torch.scatter_add_(p, 1, t, torch.full([j - i, 1], -1., dtype=${float32}, layout=None, device=x.device))
        dz = torch.div_(p, total).to(${compute})
        dx[i:j] = torch.matmul(dz, output)
        if train_output == 1:
            d_output = torch.add_(d_output, torch.matmul(dz.t(), x[i:j]))
        i = j
    return (loss, dx, d_output)

def backward(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], total: float) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to every trainable tensor's .grad; returns the sum (float64).
    # total counts the loss-carrying tokens of the whole step, so micro-batches add up to the one big batch.
    x = self.hidden(ids, positions, runs, at, W, L, keys)
    output = W[2]
    loss, dx, d_output = self.cross_entropy(x.detach(), output.detach(), targets, total, int(output.requires_grad))
    x.backward(dx)
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
        R.append(torch.clone(t.to(${compute})))
    return R

def project_each(self, x: Tensor, w: Tensor, L: List[Tensor], layer: int, site: int, groups: List[int]) -> Tensor:
    # W x for all tokens x (N, in), plus B A x for each run of tokens that has an adapter
    y = torch.linear(x, w.to(${compute}))
    n = 0
    for g in range(len(groups) // 2):
        m = n + groups[2 * g + 1]
        i = groups[2 * g]
        if i >= 0:
            a = L[i + 14 * layer + 2 * site]
            b = L[i + 14 * layer + 2 * site + 1]
            if torch.numel(a) > 0:
                y[n:m] = torch.add(y[n:m], torch.linear(torch.linear(x[n:m], a.to(${compute})), b.to(${compute})))
        n = m
    return y

def masks(self, like: Tensor, spans: List[int]) -> List[Tensor]:
    # per sequence that is fed t > 1 tokens after start others: (G * t, start + t), true where a query sees a slot
    all = annotate(List[Tensor], [])
    for s in range(len(spans) // 2):
        start = spans[2 * s]
        t = spans[2 * s + 1]
        seen = torch.ones([t, start + t], dtype=${bool}, layout=None, device=like.device)
        if t > 1:
            seen = torch.tril(seen, start).repeat([${group}, 1])
        all.append(seen)
    return all

def attend_each(self, q: Tensor, k: Tensor, v: Tensor, spans: List[int], masks: List[Tensor], layer: int, C: List[Tensor]) -> Tensor:
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
        kc = kc[:, 0:start + t].unsqueeze(0)
        vc = vc[:, 0:start + t].unsqueeze(0)
        if t == 1:
            o = torch.scaled_dot_product_attention(q[n].view([1, ${kvheads}, ${group}, ${headsize}]), kc, vc, None, 0., False)
            parts.append(o.reshape([1, ${heads} * ${headsize}]))
        else:
            grouped = q[n:n + t].view([t, ${kvheads}, ${group}, ${headsize}]).permute([1, 2, 0, 3])
            o = torch.scaled_dot_product_attention(grouped.reshape([1, ${kvheads}, ${group} * t, ${headsize}]), kc, vc, masks[s], 0., False)
            o = o.view([${kvheads}, ${group}, t, ${headsize}]).permute([2, 0, 1, 3])
            parts.append(o.reshape([t, ${heads} * ${headsize}]))
        n = n + t
    return torch.cat(parts, 0)

def decode(self, ids: Tensor, positions: Tensor, spans: List[int], groups: List[int], at: Tensor, scored: Tensor, limit: int, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> List[Tensor]:
    # Feeds tokens ids (N) at positions (N) to sequences C, each (layers, 2, K, slots, E), one after the other.
    #   spans   per sequence: how many tokens it holds already, how many of ids are its
    #   groups  per run of tokens with the same adapter: where that begins in L, or -1; how many tokens
    # Returns the most probable next tokens (M) among the first limit, and their scores (M), at the flat positions
    # at (M); and all scores (P, limit) float32 at those of them that scored (P) names.
    h = torch.embedding(W[0], ids).to(${float32})
    cos, sin = self.rotation(positions, W[3])  # (N, 1, E)
    masks = self.masks(ids, spans)
    for layer in range(${layers}):
        i = 4 + 9 * layer
        x = self.norm(h, W[i])
        q = self.rotate(self.project_each(x, W[i + 1], L, layer, 0, groups).view([-1, ${heads}, ${headsize}]), cos, sin)
        k = self.rotate(self.project_each(x, W[i + 2], L, layer, 1, groups).view([-1, ${kvheads}, ${headsize}]), cos, sin)
        v = self.project_each(x, W[i + 3], L, layer, 2, groups).view([-1, ${kvheads}, ${headsize}])
        o = self.attend_each(q, k, v, spans, masks, layer, C)
        h = h + self.project_each(o, W[i + 4], L, layer, 3, groups)
        x = self.norm(h, W[i + 5])
        gate = self.project_each(x, W[i + 6], L, layer, 4, groups)
        up = self.project_each(x, W[i + 7], L, layer, 5, groups)
        h = h + self.project_each(torch.silu(gate) * up, W[i + 8], L, layer, 6, groups)
    x = self.norm(torch.index_select(h, 0, at), W[1])
    z = torch.linear(x, W[2].to(${compute})).to(${float32})[:, 0:limit]
    best = torch.argmax(z, -1)
    return [best, torch.gather(z, 1, best.unsqueeze(1)).squeeze(1), torch.index_select(z, 0, scored)]
