# Bytes of a file -> tensors that own their memory, aligned as libtorch's kernels like it.

def read(self, bytes: Tensor, stored: int, wanted: int) -> Tensor:
    # bytes (.., size of one element * last dimension) uint8, element types by libtorch's numbers
    return torch.view_copy(bytes, dtype=stored).to(wanted)

def squares(self, matrix: Tensor) -> Tensor:
    # (out, in) -> the sum of the squares of each row (out) float32
    matrix = matrix.to(${float32})
    return torch.sum(matrix * matrix, [1])
