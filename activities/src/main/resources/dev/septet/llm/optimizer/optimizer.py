# P parameters, M and S their moments, all float32. Gradients lie in .grad, summed over the micro-batches of a step.
# Every update clips by the global norm first, changes nothing when that norm is not finite, and leaves .grad at zero.

def gradient(self, p: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g

def zero(self, P: List[Tensor]) -> Tensor:
    # gives every parameter a gradient of zeros: from the first backward pass on, all are added in place
    for p in P:
        p.backward(torch.zeros_like(p))
        self.gradient(p).zero_()
    return torch.empty([0])

def clip(self, G: List[Tensor], largest: float) -> Tensor:
    # G = G * min(1, largest / norm); returns the norm before it (0 = no clipping)
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(G)))
    if largest > 0.:
        torch._foreach_mul_(G, torch.clamp(largest / (norm + 9.9999999999999995e-07), None, 1.))
    return norm

def adamw(self, P: List[Tensor], M: List[Tensor], S: List[Tensor], step: int, rate: float, beta1: float, beta2: float, epsilon: float, decay: float, largest: float) -> Tensor:
    # m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) g^2; p = p - rate (m' / (sqrt(s') + epsilon) + decay p),
    # with m' = m / (1 - beta1^step), s' = s / (1 - beta2^step). Loshchilov and Hutter, 2017, arXiv:1711.05101
    # Only matrices decay, as is usual: norms and biases do not.
    G = annotate(List[Tensor], [])
    for p in P:
        G.append(self.gradient(p))
    norm = self.clip(G, largest)
    if bool(torch.isfinite(norm)):
        for matrices in [True, False]:
            p1 = annotate(List[Tensor], [])
            g1 = annotate(List[Tensor], [])
            m1 = annotate(List[Tensor], [])
            s1 = annotate(List[Tensor], [])
            steps = annotate(List[Tensor], [])
            for i in range(len(P)):
                if (P[i].dim() > 1) == matrices:
                    p1.append(P[i])
                    g1.append(G[i])
                    m1.append(M[i])
                    s1.append(S[i])
                    steps.append(torch.full([], float(step), dtype=${float32}, layout=None, device=P[i].device))
            if len(p1) > 0:
                d = 0.
                if matrices:
                    d = decay
                torch._fused_adamw_(p1, g1, m1, s1, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=d, eps=epsilon, amsgrad=False, maximize=False)
    for g in G:
        g.zero_()
    return norm

def sgd(self, P: List[Tensor], M: List[Tensor], rate: float, momentum: float, decay: float, largest: float) -> Tensor:
    # m = momentum m + (g + decay p); p = p - rate m; only matrices decay
    G = annotate(List[Tensor], [])
    for p in P:
        G.append(self.gradient(p))
    norm = self.clip(G, largest)
    if bool(torch.isfinite(norm)):
        for i in range(len(P)):
            if P[i].dim() > 1 and decay > 0.:
                G[i].add_(P[i], alpha=decay)
        torch._foreach_mul_(M, momentum)
        torch._foreach_add_(M, G, alpha=1)
        torch._foreach_add_(P, M, alpha=torch.neg(rate))
    for g in G:
        g.zero_()
    return norm
