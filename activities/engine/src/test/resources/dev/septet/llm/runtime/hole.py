def f(self, x: Tensor) -> Tensor:
    return x.to(${float32}) * ${depth}
