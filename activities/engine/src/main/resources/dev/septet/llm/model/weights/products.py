# Products of two-dimensional matrices, with the library and the layout that are fastest on this machine.

def forward_product(self, x: Tensor, w: Tensor) -> Tensor:
    return ${forward}  # x w^T for a matrix of the model, w (out, in) or packed

def backward_product(self, dy: Tensor, w: Tensor) -> Tensor:
    return ${backward}  # dy w

def product(self, x: Tensor, w: Tensor) -> Tensor:
    return ${product}  # x w^T

def add_product(self, y: Tensor, x: Tensor, w: Tensor) -> Tensor:
    return ${sum}  # y + x w^T, in place
