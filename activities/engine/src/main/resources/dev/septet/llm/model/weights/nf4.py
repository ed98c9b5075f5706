# Matrices in 4 bits: blocks of 64 weights, each weight the nearest of 16 levels times its block's largest magnitude, or
# times a scale that was chosen for the inputs.
# These scales, less their mean, are in turn the nearest of 256 levels times the largest of their group of 256.
#   Dettmers et al., 2023, arXiv:2305.14314; levels and packing as bitsandbytes has them
# One tensor of bytes holds all that it takes to read a matrix, in this order:
#   pairs (256, 2), what the two halves of a byte stand for; levels (256) of the scales; the mean (1) of the scales; the
#   factors (G) of the groups, all float32; a byte per block (B); and half a byte per weight, the first one's the high half

def nearest(self, x: Tensor, levels: Tensor) -> Tensor:
    # which of the rising levels is nearest to each of x
    middles = (levels[0:-1] + levels[1:]) / 2.
    return torch.bucketize(x, middles, out_int32=True)

def code(self, x: Tensor, values: Tensor) -> Tensor:
    # which of the 16 rising values is nearest to each of x: as above, in less time. The code half a step below
    # x's place in a table is it or the one before, as no two middles are as close as two steps
    places = torch.arange(0, 1025, 1, dtype=${float32}, layout=None, device=x.device)
    below = self.nearest((places - 0.5) / 512. - 1., values)
    place = torch.clamp(x, -1., 1.).add_(1.).mul_(512.).to(${int32}).view([-1])
    codes = torch.index_select(below, 0, place).view(x.size())
    middles = torch.cat([(values[0:-1] + values[1:]) / 2., torch.full_like(values[0:1], inf)])
    return codes.add_(x > torch.index_select(middles, 0, codes.view([-1])).view(x.size()))

def scaled(self, x: Tensor, scales: Tensor) -> Tensor:
    # rows of x by their scales; a row of zeros stays one
    return x / torch.clamp(scales, 1.1754943508222875e-38, None).unsqueeze(1)

def grouped(self, scales: Tensor, levels: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    # scales (B) -> their mean, the factors of their groups, and which levels they are
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
    # w (out, in) with out * in a multiple of 64; values (16) and levels (256) rise
    x = w.to(${float32}).reshape([-1, 64])
    scales = torch.amax(torch.abs(x), [1])
    mean, factors, bytes = self.grouped(scales, levels)
    return self.whole(mean, factors, bytes, self.packed(self.scaled(x, scales), values), values, levels)

# The same with scales s for the least sum of q (w - s l)^2 of a block, where q is the mean square of the input that the
# weight w is for and l its level. For given levels that is s = B / A with A = sum q l^2 and B = sum q w l, and takes
# B^2 / A off the sum without any level; so levels are tried that are nearest at 1 and at 0.85 of the largest magnitude.

def importance(self, squares: Tensor) -> Tensor:
    # q (in), 1 on average; a column that was silent still counts a little. All 1 where the squares say nothing
    mean = torch.mean(squares)
    known = (mean > 0.) & (mean < inf)
    return torch.where(known, torch.clamp(squares / mean, 1e-6, None), torch.ones_like(squares))

def best_scales(self, x: Tensor, q: Tensor, values: Tensor) -> Tensor:
    # x, q (b, 64) -> (b)
    largest = torch.amax(torch.abs(x), [1])
    weighted = x * q
    best = largest
    most = torch.zeros_like(largest)
    for i in range(2):  # more of them gain nothing
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
    # w (out, in) as above, squares (in) the mean squares of its inputs; in pieces, so that little memory is needed beside
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
    # codes are chosen for the scales that are read back; below zero a scale turns its levels around
    factor = factors.unsqueeze(1).expand([factors.size(0), 256]).reshape([-1])[0:count]
    scales = torch.addcmul(mean, torch.index_select(levels, 0, bytes), factor)
    tiny = torch.abs(scales) < 1.1754943508222875e-38
    scales = torch.where(tiny, torch.full_like(scales, 1.1754943508222875e-38), scales).unsqueeze(1)
    codes = annotate(List[Tensor], [])
    for i in range((count + piece - 1) // piece):
        codes.append(self.packed(x[i * piece:(i + 1) * piece] / scales[i * piece:(i + 1) * piece], values))
    return self.whole(mean, factors, bytes, torch.cat(codes), values, levels)
