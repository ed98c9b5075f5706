# Bytes of a file -> tensors that own their memory, aligned as libtorch's kernels like it.

def read(self, bytes: Tensor, stored: int, wanted: int) -> Tensor:
    # bytes (.., size of one element * last dimension) uint8, element types by libtorch's numbers
    return torch.view_copy(bytes, dtype=stored).to(wanted)
