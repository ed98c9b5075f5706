# Llama with low-rank adapters, its backward pass written by hand: loss and gradients of the adapters in one call.
# Equal to llama.py under autograd, and faster, because it knows what training adapters needs:
#   frozen matrices get no gradient; those that read the same input are one (q|k|v and gate|up), and so are their A's;
#   a norm's weight w is multiplied into what reads it: W (w x) = (W w) x; query heads that share a key/value head are
#   rows of one product; nothing below the first adapted block is kept or differentiated.
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens, M chosen positions, D hidden, H query heads, K key/value heads, G = H/K, E head size, F feed-forward size,
#   V vocabulary, R rank, J adapted blocks; four groups of inputs: 0 q|k|v, 1 o, 2 gate|up, 3 down
#   runs  the tokens' sequences: (count c, length t) for each run of sequences of one length, one after the other
#   W   frozen: embedding (V, D), final norm (D), inverse frequencies (E/2), norms of the adapted blocks (J, 1, D) twice,
#       output (V, D) twice; then per block qkv ((H+2K)*E, D), o (D, H*E), gate|up (2F, D), down (D, F), each twice:
#       as the forward and as the backward product wants it (perhaps packed: packing.py)
#   P   trained, float32, one tensor for all adapted blocks: A of the four groups (J, R * adapted layers, in), then
#       B of q k v o gate up down (J, out, R); empty (0) where a layer is not adapted
# The residual stream and its gradient are float32; matrix products run in the compute type ${compute}.
# dx names the gradient by x.

def adapted(self, x: Tensor, w: Tensor, a: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
    # y = W x + B u and u = A x; a (r, in) and b (out, r) hold scaling and norm already; empty where nothing is adapted
    y = self.forward_product(x, w)
    if torch.numel(a) == 0:
        return (y, a)
    u = self.product(x, a)
    return (self.add_product(y, u, b), u)

def adapted_back(self, dy: Tensor, w: Tensor, a: Tensor, du: Tensor) -> Tensor:
    # dx = W^T dy + A^T du
    dx = self.backward_product(dy, w)
    if torch.numel(a) > 0:
        dx = self.add_product(dx, du, a.t())
    return dx

def rank_back(self, dy: Tensor, b: Tensor) -> Tensor:
    # du = B^T dy
    if torch.numel(b) == 0:
        return b
    return self.product(dy, b.t())

def outer(self, u: Tensor, y: Tensor) -> Tensor:
    # u^T y, the sum over tokens of their outer products; empty where nothing is adapted
    if torch.numel(u) == 0:
        return u
    return self.product(u.t(), y.t())

def block(self, h: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], L: List[Tensor], keep: bool) -> List[Tensor]:
    # adds a block's two parts to h (N, D); returns what its backward pass needs, attention's share last
    x1, r1 = self.norm(h, ${compute})
    qkv, u1 = self.adapted(x1, W[0], L[0], L[1])
    o, kept = self.attend(qkv, cos, sin, runs, keep)
    y, u2 = self.adapted(o, W[2], L[2], L[3])
    h.add_(y)
    x2, r2 = self.norm(h, ${compute})
    gu, u3 = self.adapted(x2, W[4], L[4], L[5])
    m = torch.silu(gu[:, 0:${feedforward}]).mul_(gu[:, ${feedforward}:])
    y, u4 = self.adapted(m, W[6], L[6], L[7])
    h.add_(y)
    if keep:
        return [x1, r1, u1, o, u2, x2, r2, gu, u3, u4] + kept
    return kept

def block_back(self, dh: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], L: List[Tensor], kept: List[Tensor], first: bool) -> List[Tensor]:
    # turns the gradient dh (N, D) of a block's output into that of its input, in place (not for the first adapted block,
    # below which nothing is trained); returns dA (r, in) and dB^T (r, out) of the four groups
    x1, r1, u1, o, u2, x2, r2, gu, u3, u4 = kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], kept[6], kept[7], kept[8], kept[9]
    dy = dh.to(${compute})
    du4 = self.rank_back(dy, L[7])
    dm = self.adapted_back(dy, W[7], L[6], du4)
    gate = gu[:, 0:${feedforward}]
    up = gu[:, ${feedforward}:]
    silu = torch.silu(gate)
    m = silu * up
    dB4 = self.outer(u4, dy)
    dA4 = self.outer(du4, m)
    dgu = torch.empty_like(gu)
    torch.mul(dm, silu, out=dgu[:, ${feedforward}:])
    torch.silu_backward(dm.mul_(up), gate, grad_input=dgu[:, 0:${feedforward}])
    du3 = self.rank_back(dgu, L[5])
    dx = self.adapted_back(dgu, W[5], L[4], du3)
    dB3 = self.outer(u3, dgu)
    dA3 = self.outer(du3, x2)
    dh = self.norm_back(dh, dx, x2, r2)
    dy = dh.to(${compute})
    du2 = self.rank_back(dy, L[3])
    do = self.adapted_back(dy, W[3], L[2], du2)
    dB2 = self.outer(u2, dy)
    dA2 = self.outer(du2, o)
    dqkv = self.attend_back(do, cos, sin, runs, kept[10:])
    du1 = self.rank_back(dqkv, L[1])
    dB1 = self.outer(u1, dqkv)
    dA1 = self.outer(du1, x1)
    if not first:
        dx = self.adapted_back(dqkv, W[1], L[0], du1)
        dh = self.norm_back(dh, dx, x1, r1)
    return [dA1, dB1, dA2, dB2, dA3, dB3, dA4, dB4]

def diagonal(self, B: List[Tensor]) -> Tensor:
    # (J, out, r) each -> scaling times the block diagonal matrix (J, sum of out, sum of r), compute type
    rows = 0
    columns = 0
    for b in B:
        rows = rows + b.size(1)
        columns = columns + b.size(2)
    d = torch.zeros([B[0].size(0), rows, columns], dtype=${compute}, layout=None, device=B[0].device)
    rows = 0
    columns = 0
    for b in B:
        d[:, rows:rows + b.size(1), columns:columns + b.size(2)] = b * ${scaling}
        rows = rows + b.size(1)
        columns = columns + b.size(2)
    return d

def groups(self, P: List[Tensor]) -> List[List[Tensor]]:
    # the B's of each group
    return [P[4:7], P[7:8], P[8:10], P[10:11]]

def adapters(self, P: List[Tensor], W: List[Tensor]) -> List[List[Tensor]]:
    # per block a (r, in) with the norm's weight and b (out, r) with the scaling of the four groups, compute type; empty
    # ones where a block is not adapted
    A = [(P[0] * W[3]).to(${compute}), P[1].to(${compute}), (P[2] * W[4]).to(${compute}), P[3].to(${compute})]
    B = annotate(List[Tensor], [])
    for group in self.groups(P):
        B.append(self.diagonal(group))
    L = annotate(List[List[Tensor]], [])
    for j in ${slots}:
        l = annotate(List[Tensor], [])
        for g in range(4):
            if j < 0:
                l.extend([torch.empty_like(A[g][0][0:0]), torch.empty_like(B[g][0][0:0])])
            else:
                l.extend([A[g][j], B[g][j]])
        L.append(l)
    return L

def add(self, p: Tensor, gradient: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g.add_(gradient)

def collect(self, P: List[Tensor], W: List[Tensor], dL: List[List[Tensor]]) -> Tensor:
    # adds the gradients dA (r, in) and dB^T (r, out) of the adapted blocks, the last one first, to those of P
    B = self.groups(P)
    for g in range(4):
        if torch.numel(P[g]) > 0:
            dA = annotate(List[Tensor], [])
            dB = annotate(List[Tensor], [])
            for j in range(len(dL)):
                dA.append(dL[len(dL) - 1 - j][2 * g])
                dB.append(dL[len(dL) - 1 - j][2 * g + 1])
            da = torch.stack(dA).to(${float32})
            db = torch.stack(dB).transpose(1, 2).to(${float32}) * ${scaling}
            if g == 0:
                da = da * W[3]
            if g == 2:
                da = da * W[4]
            self.add(P[g], da)
            rows = 0
            columns = 0
            for b in B[g]:
                if torch.numel(b) > 0:
                    self.add(b, db[:, rows:rows + b.size(1), columns:columns + b.size(2)])
                rows = rows + b.size(1)
                columns = columns + b.size(2)
    return P[0]

def log_probabilities(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], P: List[Tensor]) -> Tensor:
    # log p(targets[m] | tokens up to position at[m]) -> (M) float32
    cos, sin = self.rotation(positions, W[2])
    L = self.adapters(P, W)
    h = torch.embedding(W[0], ids).to(${float32})
    for layer in range(${layers}):
        self.block(h, cos, sin, runs, W[7 + 8 * layer:15 + 8 * layer], L[layer], False)
    x, r = self.norm(torch.index_select(h, 0, at), ${float32})
    return self.logs((x * W[1]).to(${compute}), targets, W[5])

def backward(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], P: List[Tensor], pairs: List[Tensor], beta: float, total: float, recompute: int) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to the .grad of P; returns the sum (1) float64. With pairs the
    # sum is that of their losses, total counts pairs, and the rows' rewards come behind the sum (1 + R)
    #   recompute  1: keep only what enters each block, and compute the block anew when its gradients are due: the same
    #              bits with less memory in more time
    cos, sin = self.rotation(positions, W[2])
    L = self.adapters(P, W)
    h = torch.embedding(W[0], ids).to(${float32})
    kept = annotate(List[List[Tensor]], [])
    for layer in range(${layers}):
        trained = layer >= ${first}
        if trained and recompute == 1:
            kept.append([torch.clone(h)])
        k = self.block(h, cos, sin, runs, W[7 + 8 * layer:15 + 8 * layer], L[layer], trained and recompute == 0)
        if trained and recompute == 0:
            kept.append(k)
    x, r = self.norm(torch.index_select(h, 0, at), ${float32})
    y = (x * W[1]).to(${compute})
    frozen = torch.empty([0], dtype=${float32}, layout=None, device=y.device)
    loss, dx = self.cross_entropy(y, targets, W[5], W[6], y, frozen)
    loss = loss.unsqueeze(0)
    dx = dx.to(${float32}).mul_(W[1] / total)
    if len(pairs) > 0:
        loss, weights = self.judged(self.logs(y, targets, W[5]), pairs, beta)
        dx = dx.mul_(weights.unsqueeze(1))
    dh = torch.zeros_like(h)
    dh.index_copy_(0, at, self.norm_back(torch.zeros_like(x), dx, x, r))
    dL = annotate(List[List[Tensor]], [])
    for i in range(${layers} - ${first}):
        layer = ${layers} - 1 - i
        w = W[7 + 8 * layer:15 + 8 * layer]
        k = kept.pop()
        if recompute == 1:
            k = self.block(k[0], cos, sin, runs, w, L[layer], True)
        d = self.block_back(dh, cos, sin, runs, w, L[layer], k, layer == ${first})
        if torch.numel(d[0]) + torch.numel(d[2]) + torch.numel(d[4]) + torch.numel(d[6]) > 0:
            dL.append(d)
    self.collect(P, W, dL)
    return loss

def fused(self, parts: List[Tensor], norm: Tensor) -> Tensor:
    # matrices (out, in) that read the same normed input, as one, with the norm's weight (in) in it
    return (torch.cat(parts) * norm).to(${compute})

def part(self, stack: Tensor, j: int, start: int, end: int) -> Tensor:
    # some rows of one block's matrix in a stack (J, rows, columns); the same memory
    return stack[j, start:end]
