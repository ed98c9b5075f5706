# NF4 quantization with double quantization. Weights are in blocks of 64. Each weight is the nearest of 16 levels times
# its block's scale: the largest magnitude of the block, or a scale fitted to the inputs.
# The scales minus their mean are quantized too: the nearest of 256 levels times the largest magnitude of a
# group of 256.
#   Dettmers et al., 2023, arXiv:2305.14314; levels and packing are those of bitsandbytes
# One tensor of bytes holds a whole matrix, in this order:
#   pairs (256, 2), the values of the two halves of each byte; levels (256) of the scales; mean (1) of the scales;
#   factors (G) of the groups, all float32; a byte per block (B); half a byte per weight, the first weight in the high
#   half

def nearest(self, x: Tensor, levels: Tensor) -> Tensor:
    # index of the nearest of the ascending levels, for each element of x
    middles = (levels[0:-1] + levels[1:]) / 2.
    return torch.bucketize(x, middles, out_int32=True)

def code(self, x: Tensor, values: Tensor) -> Tensor:
    # index of the nearest of the 16 ascending values, for each element of x: as nearest, but faster. A table gives the
    # code half a step below the table position of x. It is the result or one less, because no two midpoints are as
    # close as two steps
    places = torch.arange(0, 1025, 1, dtype=${float32}, layout=None, device=x.device)
    below = self.nearest((places - 0.5) / 512. - 1., values)
    place = torch.clamp(x, -1., 1.).add_(1.).mul_(512.).to(${int32}).view([-1])
    codes = torch.index_select(below, 0, place).view(x.size())
    middles = torch.cat([(values[0:-1] + values[1:]) / 2., torch.full_like(values[0:1], inf)])
    return codes.add_(x > torch.index_select(middles, 0, codes.view([-1])).view(x.size()))

def scaled(self, x: Tensor, scales: Tensor) -> Tensor:
    # divides rows of x by their scales; a row of zeros stays zero
    return x / torch.clamp(scales, 1.1754943508222875e-38, None).unsqueeze(1)

def grouped(self, scales: Tensor, levels: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    # scales (B) -> their mean, the factors of their groups, and the indexes of their levels
    mean = torch.mean(scales)
    count = scales.size(0)
    groups = (count + 255) // 256
    rest = torch.zeros([groups * 256 - count], dtype=${float32}, layout=None, device=scales.device)
    rows = torch.cat([scales - mean, rest]).view([groups, 256])
    factors = torch.amax(torch.abs(rows), [1])
    bytes = self.nearest(self.scaled(rows, factors), levels).view([-1])[0:count]
    return (mean, factors, bytes)

def packed(self, x: Tensor, values: Tensor) -> Tensor:
    # scaled weights (b, 64) -> bytes
    nibbles = self.code(x, values).view([-1, 2])
    return (nibbles[:, 0] * 16 + nibbles[:, 1]).to(${uint8})

def whole(self, mean: Tensor, factors: Tensor, bytes: Tensor, packed: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    pairs = torch.stack([values.unsqueeze(1).expand([16, 16]), values.unsqueeze(0).expand([16, 16])], -1)
    floats = torch.cat([pairs.reshape([-1]), levels, mean.view([1]), factors])
    return torch.cat([torch.view_copy(floats, dtype=${uint8}), bytes.to(${uint8}), packed])

def quantized(self, w: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    # w (out, in) with out * in a multiple of 64; values (16) and levels (256) are ascending
    x = w.to(${float32}).reshape([-1, 64])
    scales = torch.amax(torch.abs(x), [1])
    mean, factors, bytes = self.grouped(scales, levels)
    return self.whole(mean, factors, bytes, self.packed(self.scaled(x, scales), values), values, levels)

# The same with scales s that minimize a block's sum of q (w - s l)^2, where q is the mean square of the weight's input
# and l is the level of the weight w. For given levels, the minimum is at s = B / A with A = sum q l^2 and
# B = sum q w l, and reduces the sum by B^2 / A. The levels tried are the nearest ones at 1 and at 0.85 of the largest
# magnitude.

def importance(self, squares: Tensor) -> Tensor:
    # q (in), 1 on average; a column without input still has a small weight. All 1 if the mean of the squares is not
    # usable
    mean = torch.mean(squares)
    known = (mean > 0.) & (mean < inf)
    return torch.where(known, torch.clamp(squares / mean, 1e-6, None), torch.ones_like(squares))

def best_scales(self, x: Tensor, q: Tensor, values: Tensor) -> Tensor:
    # x, q (b, 64) -> (b)
    largest = torch.amax(torch.abs(x), [1])
    weighted = x * q
    best = largest
    most = torch.zeros_like(largest)
    for i in range(2):  # more trials gain nothing
        tries = largest * (1. - 0.15 * i)
        l = torch.index_select(values, 0, self.code(self.scaled(x, tries), values).view([-1])).view([-1, 64])
        b = torch.sum(weighted * l, [1])
        a = torch.sum((q * l).mul_(l), [1])
        taken = b * b / a
        better = taken > most  # never of a block of zeros, where a is 0
        best = torch.where(better, b / a, best)
        most = torch.where(better, taken, most)
    return best

def fitted(self, w: Tensor, squares: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    # w (out, in) as above, squares (in) the mean squares of its inputs; in pieces, to limit temporary memory
    x = w.to(${float32}).reshape([-1, 64])
    count = x.size(0)
    piece = 4096
    inputs = squares.size(0)
    q = self.importance(squares).repeat([(piece * 64 + inputs - 1) // inputs + 1])
    found = annotate(List[Tensor], [])
    for i in range((count + piece - 1) // piece):
        part = x[i * piece:(i + 1) * piece]
        first = i * piece * 64 % inputs
        found.append(self.best_scales(part, q[first:first + part.size(0) * 64].view([-1, 64]), values))
    mean, factors, bytes = self.grouped(torch.cat(found), levels)
    # codes are chosen for the dequantized scales; a negative scale inverts the signs of its levels
    factor = factors.unsqueeze(1).expand([factors.size(0), 256]).reshape([-1])[0:count]
    scales = torch.addcmul(mean, torch.index_select(levels, 0, bytes), factor)
    tiny = torch.abs(scales) < 1.1754943508222875e-38
    scales = torch.where(tiny, torch.full_like(scales, 1.1754943508222875e-38), scales).unsqueeze(1)
    codes = annotate(List[Tensor], [])
    for i in range((count + piece - 1) // piece):
        codes.append(self.packed(x[i * piece:(i + 1) * piece] / scales[i * piece:(i + 1) * piece], values))
    return self.whole(mean, factors, bytes, torch.cat(codes), values, levels)
