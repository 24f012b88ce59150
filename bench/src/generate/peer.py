"""Greedy generation as a PyTorch user writes it, with a preallocated cache: one JSON line a run, then one about the process."""

import math
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

# The model, its weights and what is said of the process are those of the training step's peer.
sys.path.insert(0, str(Path(__file__).parent.parent / "train_step"))
import peer  # noqa: E402
from peer import HEAD_SIZE, HEADS, LAYERS, ROTATED, ROWS, TOKENS, WIDTH, job  # noqa: E402

SLOTS = TOKENS + job["newTokens"]


def angles():
    frequencies = 10000 ** (-torch.arange(0, ROTATED, 2) / ROTATED)
    halves = torch.outer(torch.arange(SLOTS).float(), frequencies)
    both = torch.cat([halves, halves], -1)
    return both.cos(), both.sin()


class Generator:
    def __init__(self, model):
        self.model = model
        self.cos, self.sin = angles()
        self.mask = torch.full((TOKENS, TOKENS), -1e9).triu(1)
        self.keys = torch.zeros(LAYERS, ROWS, HEADS, SLOTS, HEAD_SIZE)
        self.values = torch.zeros_like(self.keys)

    def attention(self, layer, index, x, start):
        tokens = x.shape[1]
        end = start + tokens
        packed = layer.query_key_value(x).view(ROWS, tokens, HEADS, 3 * HEAD_SIZE).transpose(1, 2)
        q, k, v = packed.split(HEAD_SIZE, -1)
        cos, sin = self.cos[start:end], self.sin[start:end]
        keys, values = self.keys[index], self.values[index]
        keys[:, :, start:end] = peer.rotate(k, cos, sin)
        values[:, :, start:end] = v
        scores = (peer.rotate(q, cos, sin) / math.sqrt(HEAD_SIZE)) @ keys[:, :, :end].transpose(-1, -2)
        # A single token sees all that was before it.
        shares = (scores + self.mask if tokens > 1 else scores).softmax(-1)
        return layer.dense((shares @ values[:, :, :end]).transpose(1, 2).reshape(ROWS, tokens, WIDTH))

    def next(self, ids, start):
        x = self.model.embed_in(ids)
        for index, layer in enumerate(self.model.layers):
            mlp = layer.dense_4h_to_h(F.gelu(layer.dense_h_to_4h(layer.post_attention_layernorm(x))))
            x = x + self.attention(layer, index, layer.input_layernorm(x), start) + mlp
        return self.model.embed_out(self.model.final_layer_norm(x[:, -1:])).argmax(-1)

    def generate(self, prompts):
        ids = self.next(prompts, 0)
        written = [ids]
        for place in range(TOKENS, SLOTS - 1):
            ids = self.next(ids, place)
            written.append(ids)
        return torch.cat(written, 1)


@torch.inference_mode()
def main():
    torch.set_num_threads(job["threads"])
    model = peer.Model()
    peer.initialise(model)
    generator = Generator(model)
    prompts, _ = peer.batch(0)
    for _ in range(job["runs"]):
        started = time.perf_counter()
        ids = generator.generate(prompts).tolist()
        peer.say({"kind": "run", "seconds": time.perf_counter() - started, "ids": ids})
    versions = {"torch": torch.__version__, "python": sys.version.split()[0], "openblas": peer.openblas()}
    cpu = time.process_time()
    peer.say({"kind": "end", "peakBytes": peer.peak_bytes(), "cpuSeconds": cpu, "versions": versions})


main()
