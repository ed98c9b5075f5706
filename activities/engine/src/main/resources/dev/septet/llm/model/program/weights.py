# Training of a Llama's own weights, all of them or those of some blocks, with a handwritten backward pass: loss and
# gradients in one call. The result equals decoder.py under autograd. It is faster for these reasons:
#   matrices that read the same input are fused (q|k|v and gate|up); a matrix's gradient is added directly to the step's
#   sum; products add to the residual stream; nothing below the first trained tensor is kept.
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens, M chosen positions, D hidden, H query heads, K key/value heads, E head size, F feed-forward size,
#       V vocabulary
#   runs  the tokens' sequences: (count c, length t) for each run of adjacent sequences of equal length
#   W   embedding (V, D), final norm (D), output (V, D), inverse frequencies (E/2); then per block
#       norm (D), qkv ((H+2K)*E, D), o (D, H*E), norm (D), gate|up (2F, D), down (D, F); trained ones in float32
#   G   the gradients to add to, at the indexes of W; empty (0) for frozen tensors
#   h0  (N, D) float32, the cached input of the first trained block; empty (0) if it is not cached
# The residual stream and its gradient are float32; matrix products run in the compute type ${compute}.
# dx is the gradient with respect to x.

def normed(self, h: Tensor, w: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    # h (N, D) -> x w (rounded once), x and r, where x = h r
    x, r = self.norm(h, ${float32})
    return ((x * w).to(${compute}), x.to(${compute}), r)

def scaled(self, x: Tensor, w: Tensor) -> Tensor:
    # a normalized x times its norm's weight
    return x * w.to(${compute})

def scaled_back(self, dh: Tensor, dy: Tensor, x: Tensor, r: Tensor, w: Tensor, g: Tensor) -> Tensor:
    # for y = x w with x = h r: adds the gradient of w to g (D) and that of h to dh; dy may be overwritten
    x = x.to(${float32})
    dy = dy.to(${float32})
    if torch.numel(g) > 0:
        g = g.add_(torch.sum(dy * x, [0]))
    return self.norm_back(dh, dy.mul_(w), x, r)

def block(self, h: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], keep: bool) -> List[Tensor]:
    # adds a block's two sublayers to h (N, D); returns what its backward pass needs, attention's values last
    y, x1, r1 = self.normed(h, W[0])
    o, kept = self.attend(self.forward_product(y, W[1]), cos, sin, runs, keep)
    h = self.add_product(h, o, W[2].to(${compute}))
    y, x2, r2 = self.normed(h, W[3])
    gu = self.forward_product(y, W[4])
    m = torch.silu(gu[:, 0:${feedforward}]).mul_(gu[:, ${feedforward}:])
    h = self.add_product(h, m, W[5].to(${compute}))
    if keep:
        return [x1, r1, o, x2, r2, gu] + kept
    return kept

def block_back(self, dh: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], G: List[Tensor], kept: List[Tensor], last: bool) -> Tensor:
    # replaces the gradient dh (N, D) of a block's output with that of its input, in place (except for the lowest
    # trained block, below which nothing needs it), and adds to G
    x1, r1, o, x2, r2, gu = kept[0], kept[1], kept[2], kept[3], kept[4], kept[5]
    dy = dh.to(${compute})
    gate = gu[:, 0:${feedforward}]
    up = gu[:, ${feedforward}:]
    silu = torch.silu(gate)
    dm = self.backward_product(dy, W[5])
    dgu = torch.empty_like(gu)
    torch.mul(dm, silu, out=dgu[:, ${feedforward}:])
    torch.silu_backward(dm.mul_(up), gate, grad_input=dgu[:, 0:${feedforward}])
    self.add_outer(G[5], dy, silu.mul_(up))
    self.add_outer(G[4], dgu, self.scaled(x2, W[3]))
    dh = self.scaled_back(dh, self.backward_product(dgu, W[4]), x2, r2, W[3], G[3])
    dy = dh.to(${compute})
    self.add_outer(G[2], dy, o)
    dqkv = self.attend_back(self.backward_product(dy, W[2]), cos, sin, runs, kept[6:])
    self.add_outer(G[1], dqkv, self.scaled(x1, W[0]))
    if last and torch.numel(G[0]) == 0:
        return dh
    return self.scaled_back(dh, self.backward_product(dqkv, W[1]), x1, r1, W[0], G[0])

def enter(self, ids: Tensor, cos: Tensor, sin: Tensor, runs: List[int], W: List[Tensor], h0: Tensor) -> Tensor:
    # the input of the first trained block: h (N, D)
    if torch.numel(h0) > 0:
        return h0
    h = torch.embedding(W[0], ids).to(${float32})
    for layer in range(${first}):
        self.block(h, cos, sin, runs, W[4 + 6 * layer:10 + 6 * layer], False)
    return h

def hidden(self, ids: Tensor, positions: Tensor, runs: List[int], W: List[Tensor], h0: Tensor) -> Tensor:
    cos, sin = self.rotation(positions, W[3])
    return self.enter(ids, cos, sin, runs, W, h0)

def log_probabilities(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], h0: Tensor) -> Tensor:
    # log p(targets[m] | tokens up to position at[m]) -> (M) float32
    cos, sin = self.rotation(positions, W[3])
    h = self.enter(ids, cos, sin, runs, W, h0)
    for layer in range(${first}, ${layers}):
        self.block(h, cos, sin, runs, W[4 + 6 * layer:10 + 6 * layer], False)
    x, r = self.norm(torch.index_select(h, 0, at), ${float32})
    return self.logs((x * W[1]).to(${compute}), targets, W[2].to(${compute}))

def backward(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, targets: Tensor, W: List[Tensor], h0: Tensor, G: List[Tensor], pairs: List[Tensor], beta: float, total: float, recompute: int) -> Tensor:
    # adds the gradients of (sum of -log p(target)) / total to G; returns the sum (1) float64. With pairs, the sum is
    # that of their losses, total counts pairs, and the rows' rewards follow the sum (1 + R)
    #   recompute  1: keep only the input of each block, and recompute the block in the backward pass: the same bits
    #              with less memory in more time
    cos, sin = self.rotation(positions, W[3])
    h = self.enter(ids, cos, sin, runs, W, h0)
    kept = annotate(List[List[Tensor]], [])
    for layer in range(${first}, ${layers}):
        if recompute == 1:
            kept.append([torch.clone(h)])
        k = self.block(h, cos, sin, runs, W[4 + 6 * layer:10 + 6 * layer], recompute == 0)
        if recompute == 0:
            kept.append(k)
    x, r = self.norm(torch.index_select(h, 0, at), ${float32})
    y = (x * W[1]).to(${compute})
    output = W[2].to(${compute})
    losses = torch.zeros([1], dtype=${float64}, layout=None, device=y.device)
    weights = torch.full([y.size(0)], 1. / total, dtype=${float32}, layout=None, device=y.device)
    if len(pairs) > 0:
        losses, weights = self.judged(self.logs(y, targets, output), pairs, beta)
        weights = weights / total
    weights = weights.unsqueeze(1)
    loss, dy = self.cross_entropy(y, targets, output, output, y * weights.to(${compute}), G[2])
    if len(pairs) == 0:
        losses = loss.unsqueeze(0)
    dy = dy.to(${float32}).mul_(weights)
    if torch.numel(G[1]) > 0:
        G[1].add_(torch.sum(dy * x, [0]))
    dh = torch.zeros_like(h)
    dh.index_copy_(0, at, self.norm_back(torch.zeros_like(x), dy.mul_(W[1]), x, r))
    for i in range(${layers} - ${first}):
        layer = ${layers} - 1 - i
        w = W[4 + 6 * layer:10 + 6 * layer]
        k = kept.pop()
        if recompute == 1:
            k = self.block(k[0], cos, sin, runs, w, True)
        last = layer == ${first} and torch.numel(G[0]) == 0
        dh = self.block_back(dh, cos, sin, runs, w, G[4 + 6 * layer:10 + 6 * layer], k, last)
    if torch.numel(G[0]) > 0:
        G[0].index_add_(0, ids, dh)
    return losses

def part(self, w: Tensor, start: int, end: int) -> Tensor:
    # a view of some rows of a matrix
    return w[start:end]
