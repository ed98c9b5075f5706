# DoRA's scaling of rows to their magnitudes: Liu et al., 2024, arXiv:2402.09353. Part of all programs with low-rank
# adapters.

def lengths(self, squares: Tensor, wa: Tensor, a: Tensor, b: Tensor, scaling: float) -> Tensor:
    # ||W + s B A|| by rows (out), from squares ||W||^2 (out), wa = W A^T (out, R), a (R, in), b (out, R), all float32:
    # ||W + s B A||^2 = ||W||^2 + 2 s (W A^T) . B + s^2 (B A A^T) . B, so W + s B A is never computed
    cross = torch.add(wa * 2., torch.matmul(b, torch.matmul(a, a.t())), alpha=scaling)
    norms = torch.add(squares, torch.sum(cross * b, [1]), alpha=scaling)
    return torch.sqrt(torch.clamp(norms, 1.0000000000000001e-30, None))

def stretched(self, y: Tensor, c: Tensor) -> Tensor:
    # y c for y (.., out). c is close to 1, where bf16 has only steps of 1/256, so y (c - 1) is added to y instead
    if y.dtype == ${float32}:
        return y * c
    return torch.addcmul(y, y, (c - 1.).to(${compute}))
