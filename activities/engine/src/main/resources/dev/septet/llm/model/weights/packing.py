# Packs matrices into the layout of oneDNN's kernels on this machine. Only oneDNN's operators accept packed matrices.

def pack(self, w: Tensor) -> Tensor:
    # (out, in) -> for the product x w^T
    return ops.mkldnn._reorder_linear_weight(w, None)

def pack_transposed(self, w: Tensor) -> Tensor:
    # (out, in) -> for the product y w
    return ops.mkldnn._reorder_linear_weight(torch.contiguous(torch.t(w)), None)

def product(self, x: Tensor, w: Tensor) -> Tensor:
    return ${product}

def check(self, like: Tensor, type: int) -> Tensor:
    # two products of matrices (64, 64) of ones, one per packing: the result has 64 * 64 at each position
    w = torch.ones([64, 64], dtype=type, layout=None, device=like.device)
    y = self.product(self.product(w, self.pack(w)), self.pack_transposed(w))
    return torch.sum(y, dtype=${float32})
