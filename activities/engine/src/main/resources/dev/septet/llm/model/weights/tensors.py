# Converts bytes of a file to tensors that own their memory, with the alignment of libtorch's kernels. Element types are
# libtorch's codes.

def room(self, like: Tensor, size: List[int], type: int) -> Tensor:
    return torch.empty(size, dtype=type, layout=None, device=like.device)

def fill(self, to: Tensor, first: int, bytes: Tensor, stored: int) -> Tensor:
    # writes elements from index first on, given their bytes (n * element size) uint8
    values = torch.view_copy(bytes, dtype=stored)
    to.view([-1])[first:first + values.size(0)].copy_(values)
    return values

def squares(self, matrix: Tensor) -> Tensor:
    # (out, in) -> sum of squares of each row (out) float32
    matrix = matrix.to(${float32})
    return torch.sum(matrix * matrix, [1])
