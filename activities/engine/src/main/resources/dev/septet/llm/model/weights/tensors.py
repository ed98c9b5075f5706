# Bytes of a file -> tensors that own their memory, aligned as libtorch's kernels like it. Element types are libtorch's
# numbers.

def room(self, like: Tensor, size: List[int], type: int) -> Tensor:
    return torch.empty(size, dtype=type, layout=None, device=like.device)

def fill(self, to: Tensor, first: int, bytes: Tensor, stored: int) -> Tensor:
    # a tensor's elements from the first on, of their bytes (n * size of one) uint8
    values = torch.view_copy(bytes, dtype=stored)
    to.view([-1])[first:first + values.size(0)].copy_(values)
    return values

def squares(self, matrix: Tensor) -> Tensor:
    # (out, in) -> the sum of the squares of each row (out) float32
    matrix = matrix.to(${float32})
    return torch.sum(matrix * matrix, [1])
