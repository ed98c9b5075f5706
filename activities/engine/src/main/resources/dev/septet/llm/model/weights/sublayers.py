# The parts of a Llama's block without weight matrices, each with a handwritten backward pass. lora.py and weights.py
# use them.
#
# This is TorchScript. Java fills in the numbers of the model.
#   N tokens, D hidden, H query heads, K key/value heads, G = H/K, E head size, b = ${block} queries of a block of
#       attention
#   runs  the tokens' sequences: (count c, length t) for each run of adjacent sequences of equal length
# The residual stream and its gradient are float32; values between the matrices have the compute type ${compute}.
# dx is the gradient with respect to x.

def norm(self, h: Tensor, type: int) -> Tuple[Tensor, Tensor]:
    # h (N, D) -> x = h r in the given type, and r (N, 1) = 1 / sqrt(mean(h^2) + epsilon)
    r = torch.linalg_vector_norm(h, 2, [1], True).square_().mul_(${perhidden}).add_(${epsilon}).rsqrt_()
    x = torch.empty_like(h, dtype=type)
    return (torch.mul(h, r, out=x), r)

def norm_back(self, dh: Tensor, dx: Tensor, x: Tensor, r: Tensor) -> Tensor:
    # adds r (dx - x mean(dx x)) to dh
    mean = torch.sum(dx * x, [1], True, dtype=${float32}).mul_(-${perhidden})
    return dh.addcmul_(torch.addcmul(dx, x, mean.to(x.dtype)), r.to(dh.dtype))

def turn(self, x: Tensor, cos: Tensor, sin: Tensor, y: Tensor) -> Tensor:
    # x (.., E) -> y, both with any strides: rotates each pair (x[i], x[i + E/2]) by its angle; -sin rotates back
    y = torch.mul(x, cos, out=y)
    y[..., 0:${halfsize}].addcmul_(x[..., ${halfsize}:${headsize}], sin, value=-1)
    y[..., ${halfsize}:${headsize}].addcmul_(x[..., 0:${halfsize}], sin)
    return y

def padded(self, t: int) -> int:
    # the padded length T >= t, at which kernels are fastest; it also reduces the number of kernels to compile. Padding
    # is 0: nothing attends to it, because it is in the future, and it has no gradient
    return (t + ${step} - 1) // ${step} * ${step}

def future(self, like: Tensor) -> Tensor:
    # (1, b * G, b): -inf where a key is right of its query, for the b queries of a block and the keys at their
    # positions
    mask = torch.full([${block}, ${block}], -inf, dtype=${compute}, layout=None, device=like.device)
    return torch.triu(mask, 1).repeat_interleave(${group}, 0).unsqueeze(0)

def probabilities(self, q: Tensor, k: Tensor, future: Tensor, s: int, e: int) -> Tensor:
    # softmax(q k^T / sqrt(E), causal) of the queries s to e -> (c * K, (e - s) * G, e); skips keys right of e
    z = torch.empty([q.size(0), (e - s) * ${group}, e], dtype=${compute}, layout=None, device=q.device)
    z = z.baddbmm_(q[:, s * ${group}:e * ${group}], k[:, 0:e].transpose(1, 2), beta=0, alpha=${rootsize})
    z[:, :, s:e].add_(future[:, 0:(e - s) * ${group}, 0:e - s])
    return torch.softmax(z, -1)

def attend(self, qkv: Tensor, cos: Tensor, sin: Tensor, runs: List[int], keep: bool) -> Tuple[Tensor, List[Tensor]]:
    # qkv (N, (H+2K)*E) -> attention's output (N, H*E), and per run q (c*K, T*G, E), k, v (c*K, T, E) and, for short
    # rows, the probabilities of each block
    o = torch.empty([qkv.size(0), ${heads} * ${headsize}], dtype=${compute}, layout=None, device=qkv.device)
    future = self.future(qkv)
    kept = annotate(List[Tensor], [])
    n = 0
    for run in range(len(runs) // 2):
        c = runs[2 * run]
        t = runs[2 * run + 1]
        T = self.padded(t)
        x = qkv[n:n + c * t].view([c, t, ${heads} + 2 * ${kvheads}, ${headsize}])
        cs = cos[n:n + c * t].view([c, 1, t, 1, ${headsize}])
        sn = sin[n:n + c * t].view([c, 1, t, 1, ${halfsize}])
        q = torch.zeros([c, ${kvheads}, T, ${group}, ${headsize}], dtype=${compute}, layout=None, device=qkv.device)
        k = torch.zeros([c, ${kvheads}, T, 1, ${headsize}], dtype=${compute}, layout=None, device=qkv.device)
        v = torch.zeros_like(k)
        self.turn(x[:, :, 0:${heads}].view([c, t, ${kvheads}, ${group}, ${headsize}]).transpose(1, 2), cs, sn, q[:, :, 0:t])
        self.turn(x[:, :, ${heads}:${heads} + ${kvheads}].transpose(1, 2).unsqueeze(3), cs, sn, k[:, :, 0:t])
        v[:, :, 0:t].copy_(x[:, :, ${heads} + ${kvheads}:].transpose(1, 2).unsqueeze(3))
        q = q.view([c * ${kvheads}, T * ${group}, ${headsize}])
        k = k.view([c * ${kvheads}, T, ${headsize}])
        v = v.view([c * ${kvheads}, T, ${headsize}])
        if keep:
            kept.extend([q, k, v])
        y = o[n:n + c * t].view([c, t, ${kvheads}, ${group}, ${headsize}]).transpose(1, 2)
        if t > ${short}:
            fused = torch.scaled_dot_product_attention(self.by_head(q), self.grouped(k), self.grouped(v), None, 0., True)
            y.copy_(fused.transpose(1, 2).view([c, ${kvheads}, T, ${group}, ${headsize}])[:, :, 0:t])
        s = 0
        while s < t and t <= ${short}:
            e = min(s + ${block}, T)
            p = self.probabilities(q, k, future, s, e)
            pv = torch.bmm(p, v[:, 0:e]).view([c, ${kvheads}, e - s, ${group}, ${headsize}])
            y[:, :, s:min(e, t)].copy_(pv[:, :, 0:min(e, t) - s])
            if keep:
                kept.append(p)
            s = e
        n = n + c * t
    return (o, kept)

def by_head(self, q: Tensor) -> Tensor:
    # (c*K, T*G, E) -> (c*K, G, T, E)
    return q.view([q.size(0), -1, ${group}, ${headsize}]).transpose(1, 2)

def grouped(self, k: Tensor) -> Tensor:
    # (c*K, T, E) -> (c*K, G, T, E), the same for all G
    return k.unsqueeze(1).expand([k.size(0), ${group}, k.size(1), ${headsize}])

def attend_back(self, do: Tensor, cos: Tensor, sin: Tensor, runs: List[int], kept: List[Tensor]) -> Tensor:
    # do (N, H*E) -> dqkv (N, (H+2K)*E), with softmax's dz = p (dp - sum(dp p))
    dqkv = torch.empty([do.size(0), (${heads} + 2 * ${kvheads}) * ${headsize}], dtype=${compute}, layout=None, device=do.device)
    future = self.future(do)
    n = 0
    i = 0
    for run in range(len(runs) // 2):
        c = runs[2 * run]
        t = runs[2 * run + 1]
        T = self.padded(t)
        q = kept[i]
        k = kept[i + 1]
        v = kept[i + 2]
        i = i + 3
        dy = torch.zeros_like(q)
        y = do[n:n + c * t].view([c, t, ${kvheads}, ${group}, ${headsize}]).transpose(1, 2)
        dy.view([c, ${kvheads}, T, ${group}, ${headsize}])[:, :, 0:t].copy_(y)
        dq = torch.zeros_like(q)
        dk = torch.zeros_like(k)
        dv = torch.zeros_like(v)
        s = 0
        while s < t:
            e = min(s + ${block}, T)
            if t <= ${short}:
                p = kept[i]
                i = i + 1
            else:
                p = self.probabilities(q, k, future, s, e)
            dp = torch.bmm(dy[:, s * ${group}:e * ${group}], v[:, 0:e].transpose(1, 2))
            dz = torch._softmax_backward_data(dp, p, -1, ${compute})
            self.add_products(dq[:, s * ${group}:e * ${group}], dz, k[:, 0:e], ${rootsize})
            self.add_products(dk[:, 0:e], dz.transpose(1, 2), q[:, s * ${group}:e * ${group}], ${rootsize})
            self.add_products(dv[:, 0:e], p.transpose(1, 2), dy[:, s * ${group}:e * ${group}], 1.)
            s = e
        dq = dq.view([c, ${kvheads}, T, ${group}, ${headsize}])[:, :, 0:t]
        dk = dk.view([c, ${kvheads}, T, 1, ${headsize}])[:, :, 0:t]
        dv = dv.view([c, ${kvheads}, T, ${headsize}])[:, :, 0:t]
        cs = cos[n:n + c * t].view([c, 1, t, 1, ${headsize}])
        sn = torch.neg(sin[n:n + c * t]).view([c, 1, t, 1, ${halfsize}])
        dx = dqkv[n:n + c * t].view([c, t, ${heads} + 2 * ${kvheads}, ${headsize}])
        self.turn(dq, cs, sn, dx[:, :, 0:${heads}].view([c, t, ${kvheads}, ${group}, ${headsize}]).transpose(1, 2))
        self.turn(dk, cs, sn, dx[:, :, ${heads}:${heads} + ${kvheads}].transpose(1, 2).unsqueeze(3))
        dx[:, :, ${heads} + ${kvheads}:].copy_(dv.transpose(1, 2))
        n = n + c * t
    return dqkv

def add_products(self, y: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    # y + scale a b, in place, for three-dimensional tensors; y is a view
    return ${addproducts}

def rotation(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
    # positions (N) -> cosines (N, E), the same for both halves of a head, and sines (N, E/2)
    angles = positions.to(${float32}).unsqueeze(1) * frequencies
    cos = torch.cos(angles).to(${compute})
    return (torch.cat([cos, cos], 1), torch.sin(angles).to(${compute}))
