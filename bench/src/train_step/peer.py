"""The training step of train_steps.ts as a PyTorch user writes it: one JSON line a step, then one about the process."""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from process_facts import openblas, peak_bytes

job = json.loads(sys.argv[1])
shape = job["shape"]
ROWS, TOKENS, WIDTH, HEADS = shape["rows"], shape["tokens"], shape["width"], shape["heads"]
VOCABULARY, LAYERS = shape["vocabulary"], shape["layers"]
MICROBATCH_ROWS = shape.get("microbatchRows", ROWS)
HEAD_SIZE = WIDTH // HEADS
ROTATED = HEAD_SIZE // 4


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        # In the order of initial_weights.ts, whose formula counts the parameters.
        self.input_layernorm = nn.LayerNorm(WIDTH)
        self.post_attention_layernorm = nn.LayerNorm(WIDTH)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.dense_h_to_4h = nn.Linear(WIDTH, 4 * WIDTH)
        self.dense_4h_to_h = nn.Linear(4 * WIDTH, WIDTH)

    def attention(self, x, cos, sin, mask):
        rows, tokens, _ = x.shape
        packed = self.query_key_value(x).view(rows, tokens, HEADS, 3 * HEAD_SIZE).transpose(1, 2)
        q, k, v = packed.split(HEAD_SIZE, -1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        shares = ((q / math.sqrt(HEAD_SIZE)) @ k.transpose(-1, -2) + mask).softmax(-1)
        return self.dense((shares @ v).transpose(1, 2).reshape(rows, tokens, WIDTH))

    def forward(self, x, cos, sin, mask):
        mlp = self.dense_4h_to_h(F.gelu(self.dense_h_to_4h(self.post_attention_layernorm(x))))
        return x + self.attention(self.input_layernorm(x), cos, sin, mask) + mlp


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_in = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.final_layer_norm = nn.LayerNorm(WIDTH)
        self.embed_out = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, ids, cos, sin, mask):
        x = self.embed_in(ids)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.embed_out(self.final_layer_norm(x))


def rotate(x, cos, sin):
    turned, rest = x[..., :ROTATED], x[..., ROTATED:]
    a, b = turned.chunk(2, -1)
    return torch.cat([turned * cos + torch.cat([-b, a], -1) * sin, rest], -1)


def angles():
    frequencies = 10000 ** (-torch.arange(0, ROTATED, 2) / ROTATED)
    halves = torch.outer(torch.arange(TOKENS).float(), frequencies)
    both = torch.cat([halves, halves], -1)
    return both.cos(), both.sin()


@torch.no_grad()
def initialise(model):
    """The values of initial_weights.ts. In pieces, because the formula's int64 would show in the peak of memory."""
    for index, (name, parameter) in enumerate(model.named_parameters()):
        base = 1.0 if name.endswith("norm.weight") else 0.0
        spread = 0.05 if name.startswith("embed") else 0.03
        flat = parameter.view(-1)
        for start in range(0, flat.numel(), 1 << 20):
            x = torch.arange(start, min(start + (1 << 20), flat.numel()), device=flat.device)
            x = (x * 0x9E3779B1 + index * 0x85EBCA77) & 0xFFFFFFFF
            x = ((x ^ (x >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
            x = ((x ^ (x >> 12)) * 0x297A2D39) & 0xFFFFFFFF
            x = (x ^ (x >> 15)) >> 8
            flat[start : start + x.numel()] = base + spread * (x.double() / 2**23 - 1)


def batch(step):
    """The tokens of batch.ts."""
    size = ROWS * TOKENS
    words = (torch.arange(size + 1) + step * size) * 7919 % VOCABULARY
    return words[:-1].view(ROWS, TOKENS), words[1:].view(ROWS, TOKENS)


def say(message):
    print(json.dumps(message), flush=True)


def main():
    torch.set_num_threads(job["threads"])
    model = Model()
    initialise(model)
    cos, sin = angles()
    mask = torch.full((TOKENS, TOKENS), -1e9).triu(1)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-4, foreach=False)
    for step in range(job["steps"]):
        started = time.perf_counter()
        ids, labels = batch(step)
        optimizer.zero_grad(set_to_none=True)
        value = 0.0
        for part, targets in zip(ids.split(MICROBATCH_ROWS), labels.split(MICROBATCH_ROWS)):
            loss = F.cross_entropy(model(part, cos, sin, mask).view(-1, VOCABULARY), targets.flatten())
            # Weighted, so that the sum is the mean over all tokens.
            loss = loss * (len(part) / ROWS)
            loss.backward()
            value += loss.item()
        optimizer.step()
        say({"kind": "step", "step": step, "seconds": time.perf_counter() - started, "loss": value})
    versions = {"torch": torch.__version__, "python": sys.version.split()[0], "openblas": openblas()}
    cpu = time.process_time()
    say({"kind": "end", "peakBytes": peak_bytes(), "cpuSeconds": cpu, "versions": versions})


if __name__ == "__main__":
    main()
