# The loss of the programs with a handwritten backward pass: M positions, D hidden, V vocabulary. The output matrix has
# the layouts of the program's forward_product and backward_product. At most ${chunk} rows of logits are in memory at
# once.

def add_outer(self, g: Tensor, dy: Tensor, x: Tensor) -> Tensor:
    # adds dy^T x to g (out, in) float32, the gradient of a matrix that computed y (N, out) from x (N, in); the matrix
    # is frozen if g is empty
    if torch.numel(g) == 0:
        return g
    return self.add_product(g, dy.t(), x.t())

def cross_entropy(self, x: Tensor, targets: Tensor, output: Tensor, back: Tensor, weighted: Tensor, g: Tensor) -> Tuple[Tensor, Tensor]:
    # x (M, D), output (V, D): sum of -log p[target] (float64) with p = softmax(x output^T), and its gradient with
    # respect to x; d/dz = p - onehot. If the output matrix is trained, adds dz^T weighted to g (V, D), weighted (M, D).
    # p[target] - 1 is computed as minus the sum of the others, which loses no digits when p[target] is close to 1.
    loss = torch.zeros([], dtype=${float64}, layout=None, device=x.device)
    dx = torch.empty_like(x)
    i = 0
    while i < x.size(0):
        z = self.forward_product(x[i:i + ${chunk}], output)
        t = targets[i:i + ${chunk}]
        at = torch.arange(0, t.size(0), 1, dtype=${int64}, layout=None, device=x.device) * ${vocabulary} + t
        p = torch.softmax(z, -1)
        flat = p.view([-1])
        likely = torch.index_select(flat, 0, at).to(${float32})
        flat.index_fill_(0, at, 0.)
        others = torch.sum(p, [1])
        flat.index_copy_(0, at, torch.neg(others))
        log = torch.where(likely > 0.5, torch.log1p(torch.neg(others.to(${float32}))), torch.log(likely))
        if float(torch.min(likely)) < 9.9999999999999995e-31:  # too few digits, or none
            z = z.to(${float32})
            log = torch.index_select(z.view([-1]), 0, at) - torch.logsumexp(z, [1])
        loss = loss - torch.sum(log, dtype=${float64})
        dx[i:i + ${chunk}] = self.backward_product(p, back)
        g = self.add_outer(g, p, weighted[i:i + ${chunk}])
        i = i + ${chunk}
    return (loss, dx)

def logs(self, x: Tensor, targets: Tensor, output: Tensor) -> Tensor:
    # x (M, D), output (V, D): log softmax(x output^T)[target] (M) float32
    parts = annotate(List[Tensor], [])
    i = 0
    while i < x.size(0):
        z = self.forward_product(x[i:i + ${chunk}], output).to(${float32})
        t = targets[i:i + ${chunk}].unsqueeze(1)
        parts.append((torch.gather(z, 1, t) - torch.logsumexp(z, [1], True)).squeeze(1))
        i = i + ${chunk}
    return torch.cat(parts)
