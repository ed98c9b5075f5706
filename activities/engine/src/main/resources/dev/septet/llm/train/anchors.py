# Weight regularizers, which pull trained parameters towards their initial values. P parameters, Z their initial values,
# F their importance; all float32. Gradients are added to .grad in place; each method returns its penalty (float64).
# Only lists that are arguments are updated, as in optimizer.py.

def gradient(self, p: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g

def copies(self, P: List[Tensor]) -> List[Tensor]:
    Z = annotate(List[Tensor], [])
    for p in P:
        Z.append(torch.clone(p.detach()))
    return Z

def squares(self, P: List[Tensor], F: List[Tensor]) -> Tensor:
    # F = F + gradient^2, and sets the gradient to zero
    for i in range(len(P)):
        g = self.gradient(P[i])
        F[i].addcmul_(g, g)
        g.zero_()
    return torch.empty([0], dtype=${float32}, layout=None, device=F[0].device)

def scaled(self, F: List[Tensor], factor: float) -> Tensor:
    for f in F:
        f.mul_(factor)
    return torch.empty([0], dtype=${float32}, layout=None, device=F[0].device)

def start(self, P: List[Tensor], Z: List[Tensor], strength: float) -> Tensor:
    # strength / 2 sum (p - z)^2            Li et al., 2018, arXiv:1802.01483
    total = torch.zeros([], dtype=${float64}, layout=None, device=P[0].device)
    for i in range(len(P)):
        d = P[i] - Z[i]
        total = total + torch.sum(d * d, dtype=${float64})
        self.gradient(P[i]).add_(d, alpha=strength)
    return total * (strength / 2.)

def weighted_start(self, P: List[Tensor], Z: List[Tensor], F: List[Tensor], strength: float) -> Tensor:
    # strength / 2 sum F (p - z)^2          Kirkpatrick et al., 2017, arXiv:1612.00796
    total = torch.zeros([], dtype=${float64}, layout=None, device=P[0].device)
    for i in range(len(P)):
        d = P[i] - Z[i]
        g = F[i] * d
        total = total + torch.sum(g * d, dtype=${float64})
        self.gradient(P[i]).add_(g, alpha=strength)
    return total * (strength / 2.)

def product(self, P: List[Tensor], Z: List[Tensor], scaling: float, strength: float) -> Tensor:
    # P alternates A (R, in) and B (out, R). The change of a merged matrix is D = scaling (B A - B0 A0)
    # = scaling [B, -B0] [A; A0]. So strength / 2 sum D^2 and its gradients need only 2R x 2R inner matrices.
    total = torch.zeros([], dtype=${float64}, layout=None, device=P[0].device)
    for i in range(len(P) // 2):
        a = P[2 * i]
        b = P[2 * i + 1]
        rows = torch.cat([a, Z[2 * i]], 0)  # (2R, in)
        columns = torch.cat([b, torch.neg(Z[2 * i + 1])], 1)  # (out, 2R)
        inner = torch.matmul(rows, rows.t())
        outer = torch.matmul(columns.t(), columns)
        total = total + torch.sum(inner * outer, dtype=${float64}) * (scaling * scaling)
        r = a.size(0)
        factor = strength * scaling * scaling
        self.gradient(b).add_(torch.matmul(columns, inner[:, 0:r]), alpha=factor)
        self.gradient(a).add_(torch.matmul(outer[0:r], rows), alpha=factor)
    return total * (strength / 2.)

def weighted_product(self, P: List[Tensor], Z: List[Tensor], F: List[Tensor], scaling: float, strength: float) -> Tensor:
    # as product, with F (out, in): strength / 2 sum F D^2
    total = torch.zeros([], dtype=${float64}, layout=None, device=P[0].device)
    for i in range(len(P) // 2):
        a = P[2 * i]
        b = P[2 * i + 1]
        d = torch.matmul(b, a) - torch.matmul(Z[2 * i + 1], Z[2 * i])
        g = F[i] * d
        total = total + torch.sum(g * d, dtype=${float64}) * (scaling * scaling)
        factor = strength * scaling * scaling
        self.gradient(b).add_(torch.matmul(g, a.t()), alpha=factor)
        self.gradient(a).add_(torch.matmul(b.t(), g), alpha=factor)
    return total * (strength / 2.)
