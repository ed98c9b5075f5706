# Matrices in 4 bits: blocks of 64 weights, each weight the nearest of 16 levels times its block's largest magnitude.
# These scales, less their mean, are in turn the nearest of 256 levels times the largest of their group of 256.
#   Dettmers et al., 2023, arXiv:2305.14314; levels and packing as bitsandbytes has them
# One tensor of bytes holds all that it takes to read a matrix, in this order:
#   pairs (256, 2), what the two halves of a byte stand for; levels (256) of the scales; the mean (1) of the scales; the
#   factors (G) of the groups, all float32; a byte per block (B); and half a byte per weight, the first one's the high half

def nearest(self, x: Tensor, levels: Tensor) -> Tensor:
    # which of the rising levels is nearest to each of x
    middles = (levels[0:-1] + levels[1:]) / 2.
    return torch.bucketize(x, middles, out_int32=True)

def scaled(self, x: Tensor, scales: Tensor) -> Tensor:
    # rows of x by their scales; a row of zeros stays one
    return x / torch.clamp(scales, 1.1754943508222875e-38, None).unsqueeze(1)

def quantized(self, w: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    # w (out, in) with out * in a multiple of 64; values (16) and levels (256) rise
    x = w.to(${float32}).reshape([-1, 64])
    scales = torch.amax(torch.abs(x), [1])
    nibbles = self.nearest(self.scaled(x, scales), values).view([-1, 2])
    packed = (nibbles[:, 0] * 16 + nibbles[:, 1]).to(${uint8})
    mean = torch.mean(scales)
    count = scales.size(0)
    groups = (count + 255) // 256
    rest = torch.zeros([groups * 256 - count], dtype=${float32}, layout=None, device=w.device)
    grouped = torch.cat([scales - mean, rest]).view([groups, 256])
    factors = torch.amax(torch.abs(grouped), [1])
    bytes = self.nearest(self.scaled(grouped, factors), levels).view([-1])[0:count].to(${uint8})
    pairs = torch.stack([values.unsqueeze(1).expand([16, 16]), values.unsqueeze(0).expand([16, 16])], -1)
    floats = torch.cat([pairs.reshape([-1]), levels, mean.view([1]), factors])
    return torch.cat([torch.view_copy(floats, dtype=${uint8}), bytes, packed])
