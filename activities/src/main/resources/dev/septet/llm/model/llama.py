# Llama: blocks of causal self-attention with rotary positions and a gated feed-forward network, each
# behind a root-mean-square norm and added to its input.
#   Touvron et al., 2023, arXiv:2302.13971; grouped queries: Ainslie et al., 2023, arXiv:2305.13245;
#   rotary positions: Su et al., 2021, arXiv:2104.09864; gate: Shazeer, 2020, arXiv:2002.05202
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   B rows, T positions, N chosen positions, D hidden, H query heads, K key/value heads, E head size,
#   F feed-forward size, V vocabulary, S cache slots, R rank
#   W   weights: embedding (V, D), final norm (D), output (V, D), inverse frequencies (E/2), then per layer
#       norm (D), q (H*E, D), k (K*E, D), v (K*E, D), o (D, H*E), norm (D), gate (F, D), up (F, D), down (D, F)
#   L   adapter: empty, or per layer A (R, in) and B (out, R) for q k v o gate up down; empty tensors where none
#   keys  (B) one random key per row for dropout; empty outside training
# The residual stream is float32; matrix products run in the compute type ${compute}.

def norm(self, h: Tensor, w: Tensor) -> Tensor:
    # h / sqrt(mean(h^2) + epsilon) * w
    return (torch.rms_norm(h, [${hidden}], None, ${epsilon}) * w).to(${compute})

def dropout(self, x: Tensor, keys: Tensor, site: int) -> Tensor:
    # element n of row b survives when hash(keys[b], site, n) >= p; the hash is SplitMix64's finaliser
    if torch.numel(keys) == 0:
        return x
    B, T, C = x.size(0), x.size(1), x.size(2)
    n = torch.arange(0, T * C, 1, dtype=${int64}, layout=None, device=x.device).unsqueeze(0)
    z = keys.unsqueeze(1) + n * ${golden} + site * ${sitestep}
    z = (z ^ ((z >> 30) & ${low34})) * ${mix1}
    z = (z ^ ((z >> 27) & ${low37})) * ${mix2}
    u = (z >> 40) & ${low24}
    keep = (u >= ${dropped}).view([B, T, C])
    return x * keep * ${survivors}

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
    u = torch.linear(x, a.to(${compute}))  # (B, T, R)
    return torch.add(y, torch.linear(u, b.to(${compute})), alpha=${scaling})

def rotation(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
    # positions (1 or B, T) -> cosines and sines (1 or B, 1, T, E); both halves of a head turn by the same angles
    angles = positions.to(${float32}).unsqueeze(-1) * frequencies
    angles = torch.cat([angles, angles], -1).unsqueeze(1)
    return (torch.cos(angles).to(${compute}), torch.sin(angles).to(${compute}))

def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    # x (B, heads, T, E): the pair (x[i], x[i + E/2]) turned by its angle
    a, b = torch.chunk(x, 2, -1)
    return x * cos + torch.cat([torch.neg(b), a], -1) * sin

def heads(self, x: Tensor, count: int) -> Tensor:
    # (B, T, count * E) -> (B, count, T, E)
    return x.view([x.size(0), x.size(1), count, ${headsize}]).transpose(1, 2)

def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    # softmax(q k^T / sqrt(E), causal) v; each key/value head serves G = H/K query heads -> (B, T, H * E).
    # Written out for short rows, where it is faster in both directions; the fused kernel keeps no T x T matrix.
    B, T = q.size(0), q.size(2)
    if T <= ${short}:
        future = torch.full([T, T], -inf, dtype=q.dtype, layout=None, device=q.device)
        future = torch.triu(future, 1).repeat([${group}, 1]).unsqueeze(0)  # (1, G * T, T): -inf right of the diagonal
        q = q.reshape([B * ${kvheads}, ${group} * T, ${headsize}])
        k = k.reshape([B * ${kvheads}, T, ${headsize}])
        p = torch.softmax(torch.baddbmm(future, q, k.transpose(1, 2), beta=1, alpha=${rootsize}), -1)
        o = torch.bmm(p, v.reshape([B * ${kvheads}, T, ${headsize}])).view([B, ${heads}, T, ${headsize}])
        return torch.flatten(o.transpose(1, 2), 2, 3)
    if ${group} > 1:
        k = torch.flatten(k.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
        v = torch.flatten(v.unsqueeze(2).expand([-1, -1, ${group}, -1, -1]), 1, 2)
    o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    return torch.flatten(o.transpose(1, 2), 2, 3)

def attend_cached(self, q: Tensor, k: Tensor, v: Tensor, positions: Tensor) -> Tensor:
    # q (B, H, T, E) at positions (B, T) over slots k, v (B, K, S, E): a query sees the slots up to its own.
    # The queries of one key/value head stand in a row, so nothing is repeated.
    B, T, S = q.size(0), q.size(2), k.size(2)
    slots = torch.arange(0, S, 1, dtype=${int64}, layout=None, device=q.device)
    seen = slots <= positions.unsqueeze(-1)  # (B, T, S)
    seen = seen.unsqueeze(1).expand([-1, ${group}, -1, -1]).reshape([B, 1, ${group} * T, S])
    q = q.reshape([B, ${kvheads}, ${group} * T, ${headsize}])
    o = torch.scaled_dot_product_attention(q, k, v, seen, 0., False)
    o = o.view([B, ${heads}, T, ${headsize}])
    return torch.flatten(o.transpose(1, 2), 2, 3)

def feed_forward(self, x: Tensor, W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    # down (silu(gate x) * up x)
    gate = self.project(x, W[6], L, layer, 4, keys)
    up = self.project(x, W[7], L, layer, 5, keys)
    return self.project(torch.silu(gate) * up, W[8], L, layer, 6, keys)

def block(self, h: Tensor, cos: Tensor, sin: Tensor, W: List[Tensor], L: List[Tensor], layer: int, keys: Tensor) -> Tensor:
    x = self.norm(h, W[0])
    q = self.rotate(self.heads(self.project(x, W[1], L, layer, 0, keys), ${heads}), cos, sin)
    k = self.rotate(self.heads(self.project(x, W[2], L, layer, 1, keys), ${kvheads}), cos, sin)
    v = self.heads(self.project(x, W[3], L, layer, 2, keys), ${kvheads})
    h = h + self.project(self.attend(q, k, v), W[4], L, layer, 3, keys)
    return h + self.feed_forward(self.norm(h, W[5]), W, L, layer, keys)

def hidden(self, ids: Tensor, at: Tensor, W: List[Tensor], L: List[Tensor], keys: Tensor) -> Tensor:
    # ids (B, T), rows padded on the right -> the last block's normed output (N, D) at the flat positions at (N).
    # Causal attention never looks right, so padding changes nothing that is asked for.
    h = torch.embedding(W[0], ids).to(${float32})
    positions = torch.arange(0, ids.size(1), 1, dtype=${int64}, layout=None, device=ids.device).unsqueeze(0)
    cos, sin = self.rotation(positions, W[3])
    for layer in range(${layers}):
        i = 4 + 9 * layer
        h = self.block(h, cos, sin, W[i:i + 9], L, layer, keys)
    return self.norm(torch.index_select(h.view([-1, ${hidden}]), 0, at), W[1])

def logits(self, ids: Tensor, at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # scores of the next token at the flat positions at -> (N, V) float32
    x = self.hidden(ids, at, W, L, torch.empty([0], dtype=${int64}, layout=None, device=ids.device))
    return torch.linear(x, W[2].to(${compute})).to(${float32})

def scores(self, ids: Tensor, at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # (2, N) float32: log p(targets[n] | tokens up to position at[n]), and 1 where no token is more probable than
    # that target (of several, the first counts), else 0; no more than a chunk of logits exists at once
    x = self.hidden(ids, at, W, L, torch.empty([0], dtype=${int64}, layout=None, device=ids.device))
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

def log_probabilities(self, ids: Tensor, at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # log p(targets[n] | tokens up to position at[n]) -> (N) float32
    return self.scores(ids, at, targets, W, L)[0]

def cross_entropy(self, x: Tensor, output: Tensor, targets: Tensor, total: float, train_output: int) -> Tuple[Tensor, Tensor, Tensor]:
    # x (N, D), output (V, D): sum of -log softmax(x output^T)[target] (float64), and the gradients of
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

def backward(self, ids: Tensor, at: Tensor, targets: Tensor, keys: Tensor, W: List[Tensor], L: List[Tensor], total: float) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to every trainable tensor's .grad; returns the sum (float64).
    # total counts the loss-carrying tokens of the whole step, so micro-batches add up to the one big batch.
    x = self.hidden(ids, at, W, L, keys)
    output = W[2]
    loss, dx, d_output = self.cross_entropy(x.detach(), output.detach(), targets, total, int(output.requires_grad))
    x.backward(dx)
    if output.requires_grad:
        output.backward(d_output)
    return loss

def cache(self, like: Tensor, rows: int, slots: int) -> List[Tensor]:
    # keys and values of every layer, (rows, K, slots, E) each, in the order k0 v0 k1 v1 ...
    C = annotate(List[Tensor], [])
    for i in range(2 * ${layers}):
        C.append(torch.zeros([rows, ${kvheads}, slots, ${headsize}], dtype=${compute}, layout=None, device=like.device))
    return C

def extend(self, ids: Tensor, start: Tensor, at: Tensor, slots: int, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> Tensor:
    # feeds ids (B, T), padded on the right, to rows that hold start (B) tokens already; position = slot.
    # slots = 1 + the largest position fed. Returns logits (N, V) float32 at the flat positions at.
    # A padded position writes a slot that its row's next real token overwrites before anything sees it.
    B, T = ids.size(0), ids.size(1)
    keys = torch.empty([0], dtype=${int64}, layout=None, device=ids.device)
    steps = torch.arange(0, T, 1, dtype=${int64}, layout=None, device=ids.device)
    positions = start.unsqueeze(1) + steps  # (B, T)
    where = positions.view([B, 1, T, 1]).expand([-1, ${kvheads}, -1, ${headsize}])
    h = torch.embedding(W[0], ids).to(${float32})
    cos, sin = self.rotation(positions, W[3])
    for layer in range(${layers}):
        i = 4 + 9 * layer
        x = self.norm(h, W[i])
        q = self.rotate(self.heads(self.project(x, W[i + 1], L, layer, 0, keys), ${heads}), cos, sin)
        k = self.rotate(self.heads(self.project(x, W[i + 2], L, layer, 1, keys), ${kvheads}), cos, sin)
        v = self.heads(self.project(x, W[i + 3], L, layer, 2, keys), ${kvheads})
        kc = torch.scatter_(C[2 * layer], 2, where, k)
        vc = torch.scatter_(C[2 * layer + 1], 2, where, v)
        if slots == T:
            o = self.attend(q, k, v)
        else:
            o = self.attend_cached(q, kc[:, :, 0:slots], vc[:, :, 0:slots], positions)
        h = h + self.project(o, W[i + 4], L, layer, 3, keys)
        h = h + self.feed_forward(self.norm(h, W[i + 5]), W[i:i + 9], L, layer, keys)
    x = self.norm(torch.index_select(h.view([-1, ${hidden}]), 0, at), W[1])
    return torch.linear(x, W[2].to(${compute})).to(${float32})

def widen(self, slots: int, C: List[Tensor]) -> List[Tensor]:
    # the same cache with room for more slots
    wide = annotate(List[Tensor], [])
    for c in C:
        wide.append(torch.constant_pad_nd(c, [0, 0, 0, slots - c.size(2)], 0.))
    return wide

def select(self, rows: Tensor, C: List[Tensor]) -> List[Tensor]:
    # the cache of these rows only, in this order
    kept = annotate(List[Tensor], [])
    for c in C:
        kept.append(torch.index_select(c, 0, rows))
    return kept
