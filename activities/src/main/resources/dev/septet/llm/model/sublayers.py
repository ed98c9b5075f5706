# The parts of a Llama's block that have no matrix of weights, each with its backward pass, written by hand: lora.py and
# full.py are made of them.
#
# This is TorchScript. Java fills in the numbers of the model.
#   N tokens, D hidden, H query heads, K key/value heads, G = H/K, E head size
#   runs  the tokens' sequences: (count c, length t) for each run of sequences of one length, one after the other
# The residual stream and its gradient are float32; what flows between the matrices is of the compute type ${compute}.
# dx names the gradient by x.

def norm(self, h: Tensor, type: int) -> Tuple[Tensor, Tensor]:
    # h (N, D) -> x = h r of the type and r (N, 1) = 1 / sqrt(mean(h^2) + epsilon)
    r = torch.linalg_vector_norm(h, 2, [1], True).square_().mul_(${perhidden}).add_(${epsilon}).rsqrt_()
    x = torch.empty_like(h, dtype=type)
    return (torch.mul(h, r, out=x), r)

def norm_back(self, dh: Tensor, dx: Tensor, x: Tensor, r: Tensor) -> Tensor:
    # adds r (dx - x mean(dx x)) to dh
    mean = torch.sum(dx * x, [1], True, dtype=${float32}).mul_(-${perhidden})
    return dh.addcmul_(torch.addcmul(dx, x, mean.to(x.dtype)), r.to(dh.dtype))

def turn(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    # x (.., E) of any strides -> contiguous: each pair (x[i], x[i + E/2]) turned by its angle; sin < 0 turns back
    y = torch.empty(x.size(), dtype=x.dtype, layout=None, device=x.device)
    y = torch.mul(x, cos, out=y)
    y[..., 0:${halfsize}].addcmul_(x[..., ${halfsize}:${headsize}], sin, value=-1)
    y[..., ${halfsize}:${headsize}].addcmul_(x[..., 0:${halfsize}], sin)
    return y

def blocks(self, t: int) -> int:
    # rows of a causal block: keys right of a block's last row are not computed
    return min(max((t + 1) // 2, 32), 256)

def future(self, like: Tensor, s: int, e: int) -> Tensor:
    # (1, (e - s) * G, e): -inf where a key is right of its query, for the queries s to e
    mask = torch.full([e - s, e], -inf, dtype=${compute}, layout=None, device=like.device)
    return torch.triu(mask, s + 1).repeat_interleave(${group}, 0).unsqueeze(0)

def probabilities(self, q: Tensor, k: Tensor, s: int, e: int) -> Tensor:
    # softmax(q k^T / sqrt(E), causal) of the queries s to e -> (c * K, (e - s) * G, e)
    z = torch.baddbmm(self.future(q, s, e), q[:, s * ${group}:e * ${group}], k[:, 0:e].transpose(1, 2), beta=1, alpha=${rootsize})
    return torch.softmax(z, -1)

def attend(self, qkv: Tensor, cos: Tensor, sin: Tensor, runs: List[int], keep: bool) -> Tuple[Tensor, List[Tensor]]:
    # qkv (N, (H+2K)*E) -> attention's output (N, H*E), and per run q (c*K, t*G, E), k, v (c*K, t, E) and, of short rows,
    # the probabilities of each block
    o = torch.empty([qkv.size(0), ${heads} * ${headsize}], dtype=${compute}, layout=None, device=qkv.device)
    kept = annotate(List[Tensor], [])
    n = 0
    for run in range(len(runs) // 2):
        c = runs[2 * run]
        t = runs[2 * run + 1]
        x = qkv[n:n + c * t].view([c, t, ${heads} + 2 * ${kvheads}, ${headsize}])
        cs = cos[n:n + c * t].view([c, 1, t, 1, ${headsize}])
        sn = sin[n:n + c * t].view([c, 1, t, 1, ${halfsize}])
        q = x[:, :, 0:${heads}].view([c, t, ${kvheads}, ${group}, ${headsize}]).permute([0, 2, 1, 3, 4])
        q = self.turn(q, cs, sn).view([c * ${kvheads}, t * ${group}, ${headsize}])
        k = x[:, :, ${heads}:${heads} + ${kvheads}].transpose(1, 2).unsqueeze(3)
        k = self.turn(k, cs, sn).view([c * ${kvheads}, t, ${headsize}])
        v = x[:, :, ${heads} + ${kvheads}:].transpose(1, 2).reshape([c * ${kvheads}, t, ${headsize}])
        y = torch.empty_like(q)
        if keep:
            kept.extend([q, k, v])
        s = 0
        while s < t:
            e = min(s + self.blocks(t), t)
            p = self.probabilities(q, k, s, e)
            y[:, s * ${group}:e * ${group}] = torch.bmm(p, v[:, 0:e])
            if keep and t <= ${short}:
                kept.append(p)
            s = e
        y = y.view([c, ${kvheads}, t, ${group}, ${headsize}]).transpose(1, 2)
        o[n:n + c * t].view([c, t, ${kvheads}, ${group}, ${headsize}]).copy_(y)
        n = n + c * t
    return (o, kept)

def attend_back(self, do: Tensor, cos: Tensor, sin: Tensor, runs: List[int], kept: List[Tensor]) -> Tensor:
    # do (N, H*E) -> dqkv (N, (H+2K)*E), by softmax's dz = p (dp - sum(dp p))
    dqkv = torch.empty([do.size(0), (${heads} + 2 * ${kvheads}) * ${headsize}], dtype=${compute}, layout=None, device=do.device)
    n = 0
    i = 0
    for run in range(len(runs) // 2):
        c = runs[2 * run]
        t = runs[2 * run + 1]
        q = kept[i]
        k = kept[i + 1]
        v = kept[i + 2]
        i = i + 3
        dy = do[n:n + c * t].view([c, t, ${kvheads}, ${group}, ${headsize}]).permute([0, 2, 1, 3, 4])
        dy = dy.reshape([c * ${kvheads}, t * ${group}, ${headsize}])
        dq = torch.empty_like(q)
        dk = torch.zeros_like(k)
        dv = torch.zeros_like(v)
        s = 0
        while s < t:
            e = min(s + self.blocks(t), t)
            if t <= ${short}:
                p = kept[i]
                i = i + 1
            else:
                p = self.probabilities(q, k, s, e)
            dp = torch.bmm(dy[:, s * ${group}:e * ${group}], v[:, 0:e].transpose(1, 2))
            dz = torch._softmax_backward_data(dp, p, -1, ${compute}).mul_(${rootsize})
            dq[:, s * ${group}:e * ${group}] = torch.bmm(dz, k[:, 0:e])
            dk[:, 0:e].add_(torch.bmm(dz.transpose(1, 2), q[:, s * ${group}:e * ${group}]))
            dv[:, 0:e].add_(torch.bmm(p.transpose(1, 2), dy[:, s * ${group}:e * ${group}]))
            s = e
        cs = cos[n:n + c * t].view([c, 1, t, 1, ${headsize}])
        sn = torch.neg(sin[n:n + c * t]).view([c, 1, t, 1, ${halfsize}])
        dx = dqkv[n:n + c * t].view([c, t, ${heads} + 2 * ${kvheads}, ${headsize}])
        dq = self.turn(dq.view([c, ${kvheads}, t, ${group}, ${headsize}]), cs, sn).transpose(1, 2)
        dk = self.turn(dk.view([c, ${kvheads}, t, 1, ${headsize}]), cs, sn).squeeze(3).transpose(1, 2)
        dx[:, :, 0:${heads}].view([c, t, ${kvheads}, ${group}, ${headsize}]).copy_(dq)
        dx[:, :, ${heads}:${heads} + ${kvheads}].copy_(dk)
        dx[:, :, ${heads} + ${kvheads}:].copy_(dv.view([c, ${kvheads}, t, ${headsize}]).transpose(1, 2))
        n = n + c * t
    return dqkv

def rotation(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
    # positions (N) -> cosines (N, E), the same for both halves of a head, and sines (N, E/2)
    angles = positions.to(${float32}).unsqueeze(1) * frequencies
    cos = torch.cos(angles).to(${compute})
    return (torch.cat([cos, cos], 1), torch.sin(angles).to(${compute}))
