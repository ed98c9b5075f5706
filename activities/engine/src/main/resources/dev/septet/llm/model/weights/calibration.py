# Mean squares of the inputs of a Llama block's matrices. They weight the quantization error: columns with large inputs
# count more.
#
# This is TorchScript. Java fills in the numbers of the model and owns all tensors.
#   N tokens, D hidden, H query heads, K key/value heads, E head size, F feed-forward size
#   runs  pairs (count, length) of the tokens' sequences, as in sublayers.py
#   W     of one block, as in weights.py: norm (D), qkv ((H+2K)*E, D), o (D, H*E), norm (D), gate|up (2F, D),
#         down (D, F); all float32

def embedded(self, ids: Tensor, embedding: Tensor) -> Tensor:
    return torch.embedding(embedding, ids).to(${float32})

def mean_squares(self, x: Tensor) -> Tensor:
    # x (N, in) -> (in), over the tokens
    return torch.mean(x * x, [0])

def input_squares(self, h: Tensor, positions: Tensor, runs: List[int], frequencies: Tensor, W: List[Tensor]) -> List[Tensor]:
    # h (N, D) -> the block's output (N, D), and the mean squares of the inputs of qkv, o, gate|up and down
    cos, sin = self.rotation(positions, frequencies)
    x, r = self.norm(h, ${float32})
    y = x * W[0]
    o, kept = self.attend(self.forward_product(y, W[1]), cos, sin, runs, False)
    h = self.add_product(torch.clone(h), o, W[2])
    x, r = self.norm(h, ${float32})
    z = x * W[3]
    gu = self.forward_product(z, W[4])
    m = torch.silu(gu[:, 0:${feedforward}]).mul_(gu[:, ${feedforward}:])
    h = self.add_product(h, m, W[5])
    return [h, self.mean_squares(y), self.mean_squares(o), self.mean_squares(z), self.mean_squares(m)]
