# The decoder of decoder.py for inference. Matrices that read the same input are fused, so W has per layer
#   norm (D), q|k|v ((H+2K)*E, D), o (D, H*E), norm (D), gate|up (2F, D), down (D, F), and the family's other weights.
#   Biases are fused in the same way, experts are not fused; matrices have the layout of product
#   L       adapters, concatenated: per layer and linear layer A (R, in) and B (out, R), scale in B, then DoRA's factors
#   groups  per run of tokens with the same adapter: index of its first tensor in L, or -1; number of tokens

def product(self, x: Tensor, w: Tensor) -> Tensor:
    # x w^T
    return ${product}

def adapt(self, y: Tensor, x: Tensor, L: List[Tensor], layer: int, site: int, groups: List[int]) -> Tensor:
    # adds B A x in place to y (N, out) for each run of tokens with an adapter, and applies DoRA's factors if it has
    # them
    n = 0
    for g in range(len(groups) // 2):
        m = n + groups[2 * g + 1]
        i = groups[2 * g]
        if i >= 0:
            i = i + 14 * layer + 2 * site
            a = L[i]
            c = L[i + 14 * ${layers}]
            if torch.numel(a) > 0:
                u = torch.add(y[n:m], torch.linear(torch.linear(x[n:m], a), L[i + 1]))
                y[n:m] = self.stretched(u, c) if torch.numel(c) > 0 else u
        n = m
    return y

def project_each(self, x: Tensor, w: Tensor, L: List[Tensor], layer: int, site: int, widths: List[int], groups: List[int]) -> Tensor:
    # the concatenated outputs (N, widths) of linear layers that read x (N, in), each token with its adapter
    y = self.product(x, w)
    if len(L) > 0:
        parts = torch.split_with_sizes(y, widths, 1)
        for p in range(len(widths)):
            self.adapt(parts[p], x, L, layer, site + p, groups)
    return y

def turns_each(self, positions: Tensor, W: List[Tensor]) -> List[Tensor]:
    # as rotations, with the signs of the rotated pairs in the sines: x cos + roll(x) sin
    turns = self.rotations(positions, W)
    for i in range(len(turns) // 2):
        a, b = torch.chunk(turns[2 * i + 1], 2, -1)
        turns[2 * i + 1] = torch.cat([torch.neg(a), b], -1)
    return turns

def heads_each(self, h: Tensor, turns: List[Tensor], W: List[Tensor], L: List[Tensor], layer: int, groups: List[int]) -> Tensor:
    # the concatenated heads q, k and v of each token (N, H + 2K, E), with q and k rotated
    qkv = [${heads} * ${headsize}, ${kvheads} * ${headsize}, ${kvheads} * ${headsize}]
    y = self.project_each(self.norm(h, W[0]), W[1], L, layer, 0, qkv, groups)
    y = self.plus(y, W, ${qbias}).view([-1, ${heads} + 2 * ${kvheads}, ${headsize}])
    if ${qnorm} >= 0:
        q, k, v = torch.split_with_sizes(y, [${heads}, ${kvheads}, ${kvheads}], 1)
        y = torch.cat([self.norm(q, W[${qnorm}]), self.norm(k, W[${knorm}]), v], 1)
    i = ${turns}[layer]
    if i >= 0:
        x = y[:, 0:${heads} + ${kvheads}]
        rolled = torch.roll(x, [${headsize} // 2], [-1])
        x.mul_(turns[i]).addcmul_(rolled, turns[i + 1])
    return y

def output_each(self, h: Tensor, o: Tensor, W: List[Tensor], L: List[Tensor], layer: int, groups: List[int]) -> Tensor:
    # the residual stream h (N, D) after a block, given its attention output o (N, H * E)
    o = self.plus(self.project_each(o, W[2], L, layer, 3, [h.size(1)], groups), W, ${obias})
    h = self.join(h, o, W, ${attentionnorm})
    x = self.norm(h, W[3])
    if ${mixture}:
        return h + self.mixture(x, W, annotate(List[Tensor], []))
    y = self.project_each(x, W[4], L, layer, 4, [${feedforward}, ${feedforward}], groups)
    gate, up = torch.chunk(self.plus(y, W, ${gatebias}), 2, -1)
    y = self.project_each(self.gate(gate) * up, W[5], L, layer, 6, [h.size(1)], groups)
    return self.join(h, self.plus(y, W, ${downbias}), W, ${feedforwardnorm})

def stream(self, ids: Tensor, positions: Tensor, runs: List[int], depth: int, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # tokens ids (N) at positions (N) of their sequences -> the residual stream (N, D) behind the first depth blocks
    h = self.embedded(ids, W)
    turns = self.turns_each(positions, W)
    everywhere = self.futures(ids, runs, ${unlimited})
    nearby = self.futures(ids, runs, ${window}) if ${windowed} else everywhere
    groups = [0 if len(L) > 0 else -1, ids.size(0)]
    for layer in range(depth):
        i = 4 + ${slots} * layer
        w = W[i:i + ${slots}]
        y = self.heads_each(h, turns, w, L, layer, groups)
        q, k, v = torch.split_with_sizes(y, [${heads}, ${kvheads}, ${kvheads}], 1)
        o = self.attend(q, k, v, runs, nearby if ${local}[layer] else everywhere)
        h = self.output_each(h, o, w, L, layer, groups)
    return h

def hidden(self, ids: Tensor, positions: Tensor, runs: List[int], at: Tensor, W: List[Tensor], L: List[Tensor]) -> Tensor:
    # tokens ids (N) at positions (N) of their sequences -> the last block's normalized output (M, D) at the
    # tokens at (M)
    h = self.stream(ids, positions, runs, ${layers}, W, L)
    return self.norm(torch.index_select(h, 0, at), W[1])

def sequence(self, like: Tensor, slots: int) -> Tensor:
    # a KV cache of one sequence for all layers: (layers, 2, K, slots, E)
    return torch.empty([${layers}, 2, ${kvheads}, slots, ${headsize}], dtype=${compute}, layout=None, device=like.device)

def resized(self, C: Tensor, used: int, slots: int) -> Tensor:
    # copies the first used slots into a larger cache
    wide = torch.empty([${layers}, 2, ${kvheads}, slots, ${headsize}], dtype=${compute}, layout=None, device=C.device)
    wide[:, :, :, 0:used] = C[:, :, :, 0:used]
    return wide

def copied(self, C: Tensor, source: Tensor, start: int, end: int) -> Tensor:
    # copies the slots from start to end from another sequence's cache
    C[:, :, :, start:end] = source[:, :, :, start:end]
    return C

def rounded(self, L: List[Tensor]) -> List[Tensor]:
    # copies of an adapter's matrices in the compute type, so that the originals may be freed
    R = annotate(List[Tensor], [])
    for t in L:
        R.append(torch.clone(t.to(${compute}) if t.dim() > 1 else t))
    return R

def own_slots(self, C: List[Tensor], spans: List[int]) -> List[List[Tensor]]:
    # per sequence and layer: the slots for the keys and values of its new tokens, (t, 2, K, E)
    all = annotate(List[List[Tensor]], [])
    for s in range(len(C)):
        start = spans[2 * s]
        all.append(torch.unbind(C[s][:, :, :, start:start + spans[2 * s + 1]].permute([0, 3, 1, 2, 4])))
    return all

def seen_slots(self, C: List[Tensor], spans: List[int], window: int) -> List[List[Tensor]]:
    # per sequence: keys, then values, of each layer that any of its new tokens attends to, (1, K, slots, E)
    all = annotate(List[List[Tensor]], [])
    for s in range(len(C)):
        start = spans[2 * s]
        first = max(0, start + 1 - window)
        seen = C[s][:, :, :, first:start + spans[2 * s + 1]]
        all.append(torch.unbind(torch.flatten(seen, 0, 1).unsqueeze(1)))
    return all

def masks(self, like: Tensor, spans: List[int], window: int) -> List[Tensor]:
    # attention mask per sequence with t > 1 new tokens after start cached ones: (G * t, slots that any token attends
    # to), -inf where a query does not attend, else 0; a placeholder if t = 1, which needs no mask
    all = annotate(List[Tensor], [])
    for s in range(len(spans) // 2):
        start = spans[2 * s]
        t = spans[2 * s + 1]
        if t == 1:
            all.append(like)
        else:
            never = torch.full([t, start + t], -inf, dtype=${compute}, layout=None, device=like.device)
            hidden = torch.triu(never, start + 1)
            if start + t > window:
                hidden = hidden + torch.tril(never, start - window)
            all.append(hidden[:, max(0, start + 1 - window):].repeat([${group}, 1]))
    return all

def attend_slots(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    # q (1, K, Q, E), k and v (1, K, slots, E) -> softmax(s q k^T + mask) v
    if ${capped}:
        z = torch.tanh(torch.matmul(q, k.transpose(2, 3)) * (${scorescale} / ${attentioncap})) * ${attentioncap}
        if mask is not None:
            z = z + mask
        return torch.matmul(torch.softmax(z, -1), v)
    return torch.scaled_dot_product_attention(q, k, v, mask, 0., False, scale=${scorescale})

def attend_each(self, q: Tensor, spans: List[int], masks: List[Tensor], seen: List[List[Tensor]], layer: int) -> Tensor:
    # q (N, H, E) of concatenated sequences: each attends to its own slots. The G = H/K queries of one key/value head
    # are stacked, so keys and values need not be repeated. -> (N, H * E)
    q = q.view([-1, ${kvheads}, ${group}, ${headsize}])
    parts = annotate(List[Tensor], [])
    n = 0
    for s in range(len(seen)):
        t = spans[2 * s + 1]
        k = seen[s][2 * layer]
        v = seen[s][2 * layer + 1]
        if t == 1:
            parts.append(self.attend_slots(q[n:n + 1], k, v, None).reshape([1, ${heads} * ${headsize}]))
        else:
            grouped = q[n:n + t].permute([1, 2, 0, 3]).reshape([1, ${kvheads}, ${group} * t, ${headsize}])
            o = self.attend_slots(grouped, k, v, masks[s])
            o = o.view([${kvheads}, ${group}, t, ${headsize}]).permute([2, 0, 1, 3])
            parts.append(o.reshape([t, ${heads} * ${headsize}]))
        n = n + t
    return parts[0] if len(parts) == 1 else torch.cat(parts, 0)

def appended(self, ids: Tensor, positions: Tensor, spans: List[int], groups: List[int], at: Tensor, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> Tensor:
    # Appends the concatenated tokens ids (N) at positions (N) to the KV caches C, each (layers, 2, K, slots, E).
    #   spans   per sequence: number of cached tokens, number of its tokens in ids
    # Returns the last block's normalized output (M, D) at the flat positions at (M).
    h = self.embedded(ids, W)
    turns = self.turns_each(positions, W)
    everywhere = self.masks(ids, spans, ${unlimited})
    nearby = self.masks(ids, spans, ${window}) if ${windowed} else everywhere
    own = self.own_slots(C, spans)
    all = self.seen_slots(C, spans, ${unlimited})
    near = self.seen_slots(C, spans, ${window}) if ${windowed} else all
    for layer in range(${layers}):
        i = 4 + ${slots} * layer
        w = W[i:i + ${slots}]
        y = self.heads_each(h, turns, w, L, layer, groups)
        joined = y[:, ${heads}:].view([-1, 2, ${kvheads}, ${headsize}])
        n = 0
        for s in range(len(C)):
            t = spans[2 * s + 1]
            own[s][layer].copy_(joined[n:n + t])
            n = n + t
        q = y[:, 0:${heads}]
        if ${local}[layer]:
            o = self.attend_each(q, spans, nearby, near, layer)
        else:
            o = self.attend_each(q, spans, everywhere, all, layer)
        if layer == ${layers} - 1 and len(groups) == 2:  # the rest is needed only for the requested positions
            groups = [groups[0], at.size(0)]
            o = torch.index_select(o, 0, at)
            h = torch.index_select(h, 0, at)
        h = self.output_each(h, o, w, L, layer, groups)
    if len(groups) > 2:
        h = torch.index_select(h, 0, at)
    return self.norm(h, W[1])

def continued(self, ids: Tensor, positions: Tensor, spans: List[int], groups: List[int], at: Tensor, targets: Tensor, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> Tensor:
    # Appends tokens as appended. Returns (2, M) as scores, of the targets (M) that follow the tokens at (M).
    return self.scored(self.appended(ids, positions, spans, groups, at, W, L, C), targets, W[2])

def decode(self, ids: Tensor, positions: Tensor, spans: List[int], groups: List[int], at: Tensor, scored: Tensor, limit: int, W: List[Tensor], L: List[Tensor], C: List[Tensor]) -> List[Tensor]:
    # Appends tokens as appended. Returns the most probable next tokens (M) among the first limit ids, and their logits
    # (M), at the flat positions at (M); and all logits (P, limit) float32 at the indexes scored (P) of at.
    x = self.appended(ids, positions, spans, groups, at, W, L, C)
    z = self.predicted(x, W[2])[:, 0:limit]
    best = torch.argmax(z, -1)
    return [best, torch.gather(z, 1, best.unsqueeze(1)).squeeze(1), torch.index_select(z, 0, scored)]
