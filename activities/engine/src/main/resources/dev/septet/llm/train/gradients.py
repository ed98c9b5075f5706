# P parameters with their gradients in .grad; Q the gradients of other losses, each as many tensors as P, one loss after
# the other.

def gradient(self, p: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g

def copies(self, P: List[Tensor]) -> List[Tensor]:
    G = annotate(List[Tensor], [])
    for p in P:
        G.append(torch.clone(self.gradient(p)))
    return G

def products(self, P: List[Tensor], Q: List[Tensor]) -> Tensor:
    # the squared norm of the gradient g, and its dot product with each q: (1 + Q / P) float64
    sums = annotate(List[Tensor], [])
    for j in range(len(Q) // len(P) + 1):
        total = torch.zeros([], dtype=${float64}, layout=None, device=P[0].device)
        for i in range(len(P)):
            g = self.gradient(P[i])
            other = g if j == 0 else Q[(j - 1) * len(P) + i]
            total = total + torch.sum(g * other, dtype=${float64})
        sums.append(total)
    return torch.stack(sums)
