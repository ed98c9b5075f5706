# P parameters, M and S their moments, all float32. Gradients are in .grad, summed over the micro-batches of a step.
# Only lists that are arguments are updated: TorchScript removes the update of a list that the method itself created,
# because it sees no use of it.

def gradient(self, p: Tensor) -> Tensor:
    g = p.grad
    assert g is not None
    return g

def none(self, P: List[Tensor]) -> Tensor:
    # an empty result on the parameters' device
    return torch.empty([0], dtype=${float32}, layout=None, device=P[0].device)

def prepare(self, P: List[Tensor]) -> Tensor:
    # gives every parameter a gradient of zeros, so that every backward pass adds in place
    for p in P:
        p.backward(torch.zeros_like(p))
    return self.zero(P)

def zero(self, P: List[Tensor]) -> Tensor:
    for p in P:
        self.gradient(p).zero_()
    return self.none(P)

def clip(self, P: List[Tensor], largest: float) -> Tensor:
    # G = G * min(1, largest / norm) for the gradients G of all parameters; largest = 0 for no clipping. Returns the
    # norm before clipping
    G = annotate(List[Tensor], [])
    for p in P:
        G.append(self.gradient(p))
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(G)))
    factor = largest / (norm + 9.9999999999999995e-07)
    if largest > 0. and float(factor) < 1.:
        for g in G:
            g.mul_(factor)
    return norm

def agreement(self, P: List[Tensor], M: List[Tensor]) -> Tensor:
    # (2): the inner product of the gradients with M, and the squared norm of the gradients
    products = annotate(List[Tensor], [])
    squares = annotate(List[Tensor], [])
    for i in range(len(P)):
        g = torch.reshape(self.gradient(P[i]), [-1])
        products.append(torch.dot(g, torch.reshape(M[i], [-1])))
        squares.append(torch.dot(g, g))
    return torch.stack([torch.sum(torch.stack(products)), torch.sum(torch.stack(squares))])

def norms(self, P: List[Tensor]) -> Tensor:
    # the Euclidean norm of each tensor
    return torch.stack(torch._foreach_norm(P))

def adamw(self, P: List[Tensor], M: List[Tensor], S: List[Tensor], step: int, rate: float, beta1: float, beta2: float, epsilon: float, decay: float) -> Tensor:
    # m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) g^2; p = p - rate (m' / (sqrt(s') + epsilon) + decay p),
    # with m' = m / (1 - beta1^step), s' = s / (1 - beta2^step). Loshchilov and Hutter, 2017, arXiv:1711.05101
    G = annotate(List[Tensor], [])
    steps = annotate(List[Tensor], [])
    for p in P:
        G.append(self.gradient(p))
        steps.append(torch.full([], float(step), dtype=${float32}, layout=None, device=p.device))
    torch._fused_adamw_(P, G, M, S, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return self.none(P)

def sgd(self, P: List[Tensor], M: List[Tensor], rate: float, momentum: float, decay: float) -> Tensor:
    # m = momentum m + (g + decay p); p = p - rate m. In place of g: an update needs no memory
    for i in range(len(P)):
        g = self.gradient(P[i]).add_(P[i], alpha=decay)
        M[i].mul_(momentum).add_(g)
        P[i].add_(M[i], alpha=torch.neg(rate))
    return self.none(P)

def restore(self, to: Tensor, values: Tensor) -> Tensor:
    to.copy_(values)
    return self.none([to])
