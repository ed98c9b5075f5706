# A decoder: blocks of causal self-attention with rotary positions and a gated feed-forward network. Each sublayer has
# an RMSNorm before it and is added to its input. Some steps are used by some families only: Java fills in the options,
# and the compiler removes disabled steps.
#   Touvron et al., 2023, arXiv:2302.13971; grouped queries: Ainslie et al., 2023, arXiv:2305.13245;
#   rotary positions: Su et al., 2021, arXiv:2104.09864; gate: Shazeer, 2020, arXiv:2002.05202;
#   windows: Jiang et al., 2023, arXiv:2310.06825; experts: Jiang et al., 2024, arXiv:2401.04088;
#   Gemma 2, 2024, arXiv:2408.00118; Gemma 3, 2025, arXiv:2503.19786; Qwen3, 2025, arXiv:2505.09388
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors. All programs of a decoder share
# these steps: autograd.py adds training, decoding.py adds inference.
#   N tokens of all sequences, one after the other; M chosen tokens, D hidden, H query heads, K key/value heads,
#   E head size, F feed-forward size, V vocabulary, R rank
#   runs  pairs (B, T), in the tokens' order: B sequences of T tokens each. A sequence attends only to itself, so there
#       is neither padding nor a mask between sequences; sequences of equal length share matrix products
#   W   weights: embedding (V, D), final norm (D), output (V, D), inverse frequencies (E/2), then per layer
#       norm (D), q (H*E, D), k (K*E, D), v (K*E, D), o (D, H*E), norm (D), gate (F, D), up (F, D), down (D, F),
#       and the family's other weights, at the indexes that Java fills in (-1 for none):
#       biases (the outputs), norms of a head's query and key (E), norms of the sublayers' outputs (D), router (X, D);
#       X experts, each with gate, up and down, replace the single network. The last tensor has the inverse frequencies
#       of layers with a window (E/2)
#   L   adapter: empty, or per layer A (R, in) and B (out, R) for q k v o gate up down, empty tensors for none;
#       then the same number of pairs of DoRA's magnitudes (out) and squared norms of W's rows (out), empty for none
#   keys  (N) one random key per token for dropout; empty outside training
# The residual stream is float32; matrix products run in the compute type ${compute}.

def norm(self, h: Tensor, w: Tensor) -> Tensor:
    # h / sqrt(mean(h^2) + epsilon) * w, or * (1 + w)
    if ${offsetnorms}:
        w = 1. + w
    return (torch.rms_norm(h.to(${float32}), w.size(), None, ${epsilon}) * w).to(${compute})

def dropout(self, x: Tensor, keys: Tensor, site: int) -> Tensor:
    # x (N, C): channel c of token n is kept if hash(keys[n], site, c) >= p; the hash is SplitMix64's finaliser
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
    # dequantizes all weights of an NF4 tensor to float32; nf4.py describes the format. The size for B blocks is
    # tables + 4 ceil(B / 256) + 33 B bytes
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
    # with magnitudes m, each row of W + s B A is scaled to the norm m. PEFT's form with dropout is
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
    # m / ||W + s B A|| by rows (out), where squares (out) is ||W||^2. If squares is empty, m is already the quotient.
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
    # the residual stream plus a sublayer's output, which may be normalized
    return h + self.norm(y, W[norm]) if norm >= 0 else h + y

def heads(self, y: Tensor, W: List[Tensor], count: int, bias: int, norm: int) -> Tensor:
    # (N, count * E) -> (N, count, E), each head optionally normalized
    y = self.plus(y, W, bias).view([-1, count, ${headsize}])
    return self.norm(y, W[norm]) if norm >= 0 else y

def rotation(self, positions: Tensor, frequencies: Tensor, scale: float) -> List[Tensor]:
    # positions (N) -> cosines and sines (N, 1, E); both halves of a head have the same angles
    angles = positions.to(${float32}).unsqueeze(-1) * frequencies
    angles = torch.cat([angles, angles], -1).unsqueeze(1)
    return [(torch.cos(angles) * scale).to(${compute}), (torch.sin(angles) * scale).to(${compute})]

def rotations(self, positions: Tensor, W: List[Tensor]) -> List[Tensor]:
    # cosines and sines of the model's main base, then of the second base that layers with a window may use
    turns = self.rotation(positions, W[3], ${turnscale})
    if ${twobases}:
        turns = turns + self.rotation(positions, W[-1], 1.)
    return turns

def rotate(self, x: Tensor, turns: List[Tensor], layer: int) -> Tensor:
    # x (N, heads, E): rotates each pair (x[i], x[i + E/2]) by its angle; i is the index of the layer's cosines, -1 for
    # no rotation
    i = ${turns}[layer]
    if i < 0:
        return x
    a, b = torch.chunk(x, 2, -1)
    return x * turns[i] + torch.cat([torch.neg(b), a], -1) * turns[i + 1]

def tokens(self, runs: List[int]) -> List[int]:
    # number of tokens of each run
    counts = annotate(List[int], [])
    for r in range(len(runs) // 2):
        counts.append(runs[2 * r] * runs[2 * r + 1])
    return counts

def futures(self, like: Tensor, runs: List[int], window: int) -> List[Tensor]:
    # attention mask per run (1, G * T, T): -inf right of the diagonal and from window tokens back, else 0.
    # For the fused kernel (1, T, T); empty without an effective window, because the kernel itself is causal
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
    # Short sequences use plain products, which are faster in both directions. The fused kernel keeps no T x T matrix.
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

def few(self, count: int) -> int:
    # rounds up to a number with at most five significant bits, so by at most a sixteenth. This limits the number of
    # different row counts, because libraries compile a product for each
    step = 1
    while count >= 32 * step:
        step = 2 * step
    return (count + step - 1) // step * step

def mixture(self, x: Tensor, W: List[Tensor], routed: List[Tensor]) -> Tensor:
    # sum of p_e down_e (gate(gate_e x) * up_e x) over the ${pertoken} experts with the highest p = softmax(router x),
    # with these p normalized to sum 1; x (N, D). Appends the router's p (N, X) to routed
    p = torch.softmax(torch.linear(x, W[${router}].to(${compute})).to(${float32}), -1)
    routed.append(p)
    best, chosen = torch.topk(p, ${pertoken}, -1)
    best = best / torch.sum(best, [-1], True)
    y = torch.zeros_like(x, dtype=${float32})
    for e in range(${experts}):
        i = ${router} + 1 + 3 * e
        n, rank = torch.unbind(torch.nonzero(chosen == e), 1)  # the tokens that this expert processes
        if n.size(0) > 0 or torch.is_grad_enabled():  # without tokens, its gradients must be zero, not missing
            share = best[n, rank]
            more = self.few(n.size(0)) - n.size(0)
            if more > 0:  # padding with the last token, with weight 0
                n = torch.cat([n, n[-1:].expand([more])])
                share = torch.constant_pad_nd(share, [0, more])
            u = torch.index_select(x, 0, n)
            u = self.gate(self.product(u, W[i])) * self.product(u, W[i + 1])
            u = self.product(u, W[i + 2]) * share.unsqueeze(1)
            y = torch.index_add(y, 0, n, u.to(${float32}))
    return y

def embedded(self, ids: Tensor, W: List[Tensor]) -> Tensor:
    # ids (N) -> the residual stream (N, D) float32
    h = torch.embedding(W[0], ids).to(${float32})
    if ${scaled}:
        h = h * ${embeddingscale}
    return h

def predicted(self, x: Tensor, output: Tensor) -> Tensor:
    # x (M, D), output (V, D) -> logits (M, V) float32, optionally capped
    z = self.product(x, output).to(${float32})
    if ${outputcapped}:
        z = torch.tanh(z / ${outputcap}) * ${outputcap}
    return z

def logits(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # logits of the next token after each of the tokens at -> (M, V) float32
    x = self.hidden(ids, positions, runs, at, W, L)
    return self.predicted(x, W[2].to(${compute}))

def scores(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # (2, M) float32: log p(targets[m] | its sequence up to token at[m]), and 1 if that target is the most probable
    # token (the lowest id among equals), else 0
    return self.scored(self.hidden(ids, positions, runs, at, W, L), targets, W[2].to(${compute}))

def scored(self, x: Tensor, targets: Tensor, output: Tensor) -> Tensor:
    # x (M, D), targets (M) -> (2, M) as scores. At most one chunk of logits is in memory at once
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
