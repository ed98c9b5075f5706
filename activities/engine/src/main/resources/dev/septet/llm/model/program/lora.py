# Training of low-rank adapters of a Llama with a handwritten backward pass: loss and gradients of the adapters in one
# call. The result equals decoder.py under autograd. It is faster, because it computes only what adapters need:
#   frozen matrices get no gradient; matrices that read the same input are fused (q|k|v and gate|up), and so are their
#   A's; a norm's weight w is multiplied into the matrices that read it: W (w x) = (W w) x; query heads that share a
#   key/value head are rows of one product; nothing below the first adapted block is kept or differentiated.
# With DoRA's magnitudes m (dora.py), y = c z with z = (W + s B A) x and c = m / ||W + s B A||, by rows. The norms need
# W A^T, so adapted blocks have W without w. There, the input is multiplied by w, which is one more pass over (N, D).
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens, M chosen positions, D hidden, H query heads, K key/value heads, G = H/K, E head size, F feed-forward size,
#   V vocabulary, R rank, J adapted blocks; four groups of inputs: 0 q|k|v, 1 o, 2 gate|up, 3 down
#   runs  the tokens' sequences: (count c, length t) for each run of adjacent sequences of equal length
#   W   frozen: embedding (V, D), final norm (D), inverse frequencies (E/2), norms of the adapted blocks (J, 1, D)
#       twice, output (V, D) twice; then per block qkv ((H+2K)*E, D), o (D, H*E), gate|up (2F, D), down (D, F), each
#       twice: in the layouts of the forward and of the backward product (possibly packed: packing.py); with magnitudes,
#       those of adapted blocks are without the norm's weight
#   P   trained, float32, one tensor for all adapted blocks: A of the four groups (J, R * adapted layers, in), then
#       B of q k v o gate up down (J, out, R), empty (0) for layers that are not adapted; magnitudes of the same seven
#       (J * out); then, not trained, ||W||^2 by rows of the four groups (J, out), 1 for layers that are not adapted.
#       Both are empty (0) without magnitudes
#   L   P and W in the layout of one block: A with the norm's weight (r, in) and B with the scaling (out, r) of the four
#       groups, in pairs; c (out) of the four; ||W + s B A|| (out) of the four; the norms' weights (1, D) if W is
#       without them. Unused tensors are empty
# The residual stream and its gradient are float32; matrix products run in the compute type ${compute}.
# dx is the gradient with respect to x.

def weighted(self, x: Tensor, n: Tensor) -> Tensor:
    # x n for a norm's weight n (1, D); x if n is empty
    if torch.numel(n) == 0:
        return x
    return torch.mul(x, n, out=torch.empty_like(x))

def stretch(self, y: Tensor, c: Tensor) -> Tensor:
    # y c; y if c is empty
    if torch.numel(c) == 0:
        return y
    return self.stretched(y, c)

def stretch_(self, y: Tensor, c: Tensor) -> Tensor:
    # stretch in place
    if torch.numel(c) == 0:
        return y
    if y.dtype == c.dtype:
        return y.mul_(c)
    return y.addcmul_(y, (c - 1.).to(y.dtype))

def joined(self, h: Tensor, z: Tensor, c: Tensor) -> Tensor:
    # adds z c to the residual stream h, or z if c is empty
    if torch.numel(c) == 0:
        return h.add_(z)
    if z.dtype == h.dtype:
        return h.addcmul_(z, c)
    return h.add_(self.stretched(z, c))

def magnitude_back(self, dy: Tensor, z: Tensor, norms: Tensor) -> Tensor:
    # dm = (sum over tokens of dy z) / ||W + s B A||: no gradient flows through the norm
    if torch.numel(norms) == 0:
        return norms
    return torch.sum(dy * z, [0], dtype=${float32}) / norms

def needed(self, z: Tensor, c: Tensor) -> Tensor:
    # z, which the gradient of magnitudes needs; empty without magnitudes
    if torch.numel(c) == 0:
        return c
    return z

def adapted(self, x: Tensor, w: Tensor, a: Tensor, b: Tensor, n: Tensor) -> Tuple[Tensor, Tensor]:
    # z = W (n x) + B u and u = A x; a (r, in) and b (out, r) already include norm and scaling; empty if nothing is
    # adapted
    z = self.forward_product(self.weighted(x, n), w)
    if torch.numel(a) == 0:
        return (z, a)
    u = self.product(x, a)
    return (self.add_product(z, u, b), u)

def adapted_back(self, dz: Tensor, w: Tensor, a: Tensor, du: Tensor, n: Tensor) -> Tensor:
    # dx = n W^T dz + A^T du
    dx = self.backward_product(dz, w)
    if torch.numel(n) > 0:
        dx = dx.mul_(n)
    if torch.numel(a) > 0:
        dx = self.add_product(dx, du, a.t())
    return dx

def rank_back(self, dz: Tensor, b: Tensor) -> Tensor:
    # du = B^T dz
    if torch.numel(b) == 0:
        return b
    return self.product(dz, b.t())

def outer(self, u: Tensor, y: Tensor) -> Tensor:
    # u^T y, the sum over tokens of their outer products; empty if nothing is adapted
    if torch.numel(u) == 0:
        return u
    return self.product(u.t(), y.t())

def block(self, h: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], L: List[Tensor], keep: bool) -> List[Tensor]:
    # adds a block's two sublayers to h (N, D); returns what its backward pass needs, attention's values last
    none = torch.empty_like(L[8][0:0])
    x1, r1 = self.norm(h, ${compute})
    qkv, u1 = self.adapted(x1, W[0], L[0], L[1], L[16])
    z1 = self.needed(qkv, L[8])
    o, kept = self.attend(self.stretch(qkv, L[8]), cos, sin, runs, keep)
    z2, u2 = self.adapted(o, W[2], L[2], L[3], none)
    h = self.joined(h, z2, L[9])
    x2, r2 = self.norm(h, ${compute})
    gu, u3 = self.adapted(x2, W[4], L[4], L[5], L[17])
    y = self.stretch(gu, L[10])
    m = torch.silu(y[:, 0:${feedforward}]).mul_(y[:, ${feedforward}:])
    z4, u4 = self.adapted(m, W[6], L[6], L[7], none)
    h = self.joined(h, z4, L[11])
    if keep:
        return [x1, r1, u1, o, u2, x2, r2, gu, u3, u4, z1, self.needed(z2, L[9]), self.needed(z4, L[11])] + kept
    return kept

def block_back(self, dh: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], L: List[Tensor], kept: List[Tensor], first: bool) -> List[Tensor]:
    # replaces the gradient dh (N, D) of a block's output with that of its input, in place (except for the first adapted
    # block, below which nothing is trained); returns dA (r, in) and dB^T (r, out) of the four groups, then
    # their dm (out)
    none = torch.empty_like(L[8][0:0])
    x1, r1, u1, o, u2, x2, r2, gu, u3, u4 = kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], kept[6], kept[7], kept[8], kept[9]
    dy = dh.to(${compute})
    dm4 = self.magnitude_back(dy, kept[12], L[15])
    dz = self.stretch(dy, L[11])
    du4 = self.rank_back(dz, L[7])
    dm = self.adapted_back(dz, W[7], L[6], du4, none)
    y = self.stretch(gu, L[10])
    gate = y[:, 0:${feedforward}]
    up = y[:, ${feedforward}:]
    silu = torch.silu(gate)
    m = silu * up
    dB4 = self.outer(u4, dz)
    dA4 = self.outer(du4, m)
    dgu = torch.empty_like(gu)
    torch.mul(dm, silu, out=dgu[:, ${feedforward}:])
    torch.silu_backward(dm.mul_(up), gate, grad_input=dgu[:, 0:${feedforward}])
    dm3 = self.magnitude_back(dgu, gu, L[14])
    dz = self.stretch_(dgu, L[10])
    du3 = self.rank_back(dz, L[5])
    dx = self.adapted_back(dz, W[5], L[4], du3, L[17])
    dB3 = self.outer(u3, dz)
    dA3 = self.outer(du3, x2)
    dh = self.norm_back(dh, dx, x2, r2)
    dy = dh.to(${compute})
    dm2 = self.magnitude_back(dy, kept[11], L[13])
    dz = self.stretch(dy, L[9])
    du2 = self.rank_back(dz, L[3])
    do = self.adapted_back(dz, W[3], L[2], du2, none)
    dB2 = self.outer(u2, dz)
    dA2 = self.outer(du2, o)
    dqkv = self.attend_back(do, cos, sin, runs, kept[13:])
    dm1 = self.magnitude_back(dqkv, kept[10], L[12])
    dz = self.stretch_(dqkv, L[8])
    du1 = self.rank_back(dz, L[1])
    dB1 = self.outer(u1, dz)
    dA1 = self.outer(du1, x1)
    if not first:
        dx = self.adapted_back(dz, W[1], L[0], du1, L[16])
        dh = self.norm_back(dh, dx, x1, r1)
    return [dA1, dB1, dA2, dB2, dA3, dB3, dA4, dB4, dm1, dm2, dm3, dm4]

def diagonal(self, B: List[Tensor], type: int) -> Tensor:
    # (J, out, r) each -> scaling times the block diagonal matrix (J, sum of out, sum of r) in the given type
    rows = 0
    columns = 0
    for b in B:
        rows = rows + b.size(1)
        columns = columns + b.size(2)
    d = torch.zeros([B[0].size(0), rows, columns], dtype=type, layout=None, device=B[0].device)
    rows = 0
    columns = 0
    for b in B:
        d[:, rows:rows + b.size(1), columns:columns + b.size(2)] = b * ${scaling}
        rows = rows + b.size(1)
        columns = columns + b.size(2)
    return d

def groups(self, P: List[Tensor], first: int) -> List[List[Tensor]]:
    # seven tensors of P, from index first on, by group
    return [P[first:first + 3], P[first + 3:first + 4], P[first + 4:first + 6], P[first + 6:first + 7]]

def adapters(self, P: List[Tensor], W: List[Tensor]) -> List[List[Tensor]]:
    # L of each block
    A = [(P[0] * W[3]).to(${compute}), P[1].to(${compute}), (P[2] * W[4]).to(${compute}), P[3].to(${compute})]
    B = annotate(List[Tensor], [])
    for group in self.groups(P, 4):
        B.append(self.diagonal(group, ${compute}))
    none = torch.empty_like(P[18].view([-1])[0:0])
    L = annotate(List[List[Tensor]], [])
    for j in ${slots}:
        l = annotate(List[Tensor], [])
        for g in range(4):
            if j < 0:
                l.extend([torch.empty_like(A[g][0][0:0]), torch.empty_like(B[g][0][0:0])])
            else:
                l.extend([A[g][j], B[g][j]])
        for i in range(10):
            l.append(none)
        L.append(l)
    for g in range(4):
        if torch.numel(P[18 + g]) > 0:
            L = self.lengthened(P, W, g, L)
    return L

def lengthened(self, P: List[Tensor], W: List[Tensor], g: int, L: List[List[Tensor]]) -> List[List[Tensor]]:
    # adds c and the norms of a group with magnitudes to L
    B = self.groups(P, 4)[g]
    exact = self.diagonal(B, ${float32})
    m = annotate(List[Tensor], [])
    for i in range(len(B)):
        one = self.groups(P, 11)[g][i]
        if torch.numel(one) == 0:
            one = torch.ones([B[i].size(0), B[i].size(1)], dtype=${float32}, layout=None, device=one.device)
        m.append(one.view([B[i].size(0), B[i].size(1)]))
    magnitudes = torch.cat(m, 1)
    layer = 0
    for j in ${slots}:
        if j >= 0:
            a = P[g][j]
            wa = self.forward_product(a.to(${compute}), W[7 + 8 * layer + 2 * g]).t().to(${float32})
            norms = self.lengths(P[18 + g][j], wa, a, exact[j], 1.)
            L[layer][8 + g] = magnitudes[j] / norms
            L[layer][12 + g] = norms
            L[layer][16] = W[3][j]
            L[layer][17] = W[4][j]
        layer = layer + 1
    return L

def add(self, p: Tensor, gradient: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g.add_(gradient)

def collect(self, P: List[Tensor], W: List[Tensor], dL: List[List[Tensor]]) -> Tensor:
    # adds the gradients of the adapted blocks, as returned by block_back and starting with the last block, to
    # those of P
    B = self.groups(P, 4)
    M = self.groups(P, 11)
    for g in range(4):
        if torch.numel(P[g]) > 0:
            da = self.stacked(dL, 2 * g)
            db = self.stacked(dL, 2 * g + 1).transpose(1, 2) * ${scaling}
            dm = self.stacked(dL, 8 + g)
            if g == 0:
                da = da * W[3]
            if g == 2:
                da = da * W[4]
            self.add(P[g], da)
            rows = 0
            columns = 0
            for i in range(len(B[g])):
                b = B[g][i]
                if torch.numel(b) > 0:
                    self.add(b, db[:, rows:rows + b.size(1), columns:columns + b.size(2)])
                if torch.numel(M[g][i]) > 0:
                    self.add(M[g][i], dm[:, rows:rows + b.size(1)].reshape([-1]))
                rows = rows + b.size(1)
                columns = columns + b.size(2)
    return P[0]

def stacked(self, dL: List[List[Tensor]], i: int) -> Tensor:
    # the i-th gradient of all adapted blocks in order -> (J, ..) float32
    d = annotate(List[Tensor], [])
    for j in range(len(dL)):
        d.append(dL[len(dL) - 1 - j][i])
    return torch.stack(d).to(${float32})

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
    # adds the gradients of (sum of -log p(target)) / total to the .grad of P; returns the sum (1) float64. With pairs,
    # the sum is that of their losses, total counts pairs, and the rows' rewards follow the sum (1 + R)
    #   recompute  1: keep only the input of each block, and recompute the block in the backward pass: the same bits
    #              with less memory in more time
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

def fused(self, w: Tensor, norm: Tensor) -> Tensor:
    # a matrix (out, in) that reads a normalized input, multiplied by the norm's weight (in)
    return (w * norm).to(${compute})

def part(self, stack: Tensor, j: int, start: int, end: int) -> Tensor:
    # a view of some rows of one block's matrix in a stack (J, rows, columns), or of some elements of a stack (..)
    if stack.dim() == 1:
        return stack[start:end]
    return stack[j, start:end]
