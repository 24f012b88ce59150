"""The training of train_big.ts as a PyTorch user writes it who is short of memory: one JSON line a step, then one more.

Layers are computed again in the backward pass, adapters are written by hand, and of the vocabulary only response tokens are
computed. The reference is the model before its first step: its log-probabilities of all steps are computed then.
"""

import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

# What is said of the process is what the training step's peer says.
sys.path.insert(0, str(Path(__file__).parent.parent / "train_step"))
from process_facts import openblas, peak_bytes  # noqa: E402

job = json.loads(sys.argv[1])
config = job["config"]
WIDTH, HEADS, LAYERS = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
INNER, VOCABULARY, EPS = config["intermediate_size"], config["vocab_size"], config["layer_norm_eps"]
ROWS, TOKENS = job["rows"], job["tokens"]
PROMPT = math.ceil(TOKENS / 2)
HEAD_SIZE = WIDTH // HEADS
ROTATED = 2 * int(HEAD_SIZE * config["rotary_pct"] / 2)
BETA = 0.1
INDEX = {name: index for index, name in enumerate(job["names"])}
LORA = job["kind"] != "full"


def numbers(name, shape):
    """The formula of random_numbers.ts."""
    if name.endswith("norm.weight"):
        return torch.ones(shape)
    flat = torch.empty(math.prod(shape))
    for start in range(0, flat.numel(), 1 << 20):
        x = torch.arange(start, min(start + (1 << 20), flat.numel()))
        x = (x * 0x9E3779B1 + INDEX[name] * 0x85EBCA77) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
        x = ((x ^ (x >> 12)) * 0x297A2D39) & 0xFFFFFFFF
        size = (1 + ((x >> 8) & 0x3FF).float() / 1024) / 64
        flat[start : start + x.numel()] = torch.where(x >> 31 == 1, -size, size)
    return flat.view(shape)


class Linear(nn.Module):
    """x W^T + b, and where there are adapters (alpha / rank) x A^T B^T."""

    def __init__(self, name, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(numbers(f"{name}.weight", (outputs, inputs)), requires_grad=not LORA)
        self.bias = nn.Parameter(numbers(f"{name}.bias", (outputs,)), requires_grad=not LORA)
        if LORA:
            self.a = nn.Parameter(numbers(f"{name}.lora_A.weight", (job["rank"], inputs)))
            self.b = nn.Parameter(torch.zeros(outputs, job["rank"]))

    def forward(self, x):
        y = F.linear(x, self.weight, self.bias)
        return y + F.linear(F.linear(x, self.a) * (job["alpha"] / job["rank"]), self.b) if LORA else y


class Norm(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.weight = nn.Parameter(numbers(f"{name}.weight", (WIDTH,)), requires_grad=not LORA)
        self.bias = nn.Parameter(numbers(f"{name}.bias", (WIDTH,)), requires_grad=not LORA)

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight, self.bias, EPS)


class Layer(nn.Module):
    def __init__(self, i):
        super().__init__()
        name = f"gpt_neox.layers.{i}"
        self.before_attention, self.before_mlp = Norm(f"{name}.input_layernorm"), Norm(f"{name}.post_attention_layernorm")
        self.packed = Linear(f"{name}.attention.query_key_value", WIDTH, 3 * WIDTH)
        self.dense = Linear(f"{name}.attention.dense", WIDTH, WIDTH)
        self.up, self.down = Linear(f"{name}.mlp.dense_h_to_4h", WIDTH, INNER), Linear(f"{name}.mlp.dense_4h_to_h", INNER, WIDTH)

    def attention(self, x, cos, sin, mask):
        q, k, v = self.packed(x).view(-1, TOKENS, HEADS, 3 * HEAD_SIZE).transpose(1, 2).split(HEAD_SIZE, -1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        shares = ((q / math.sqrt(HEAD_SIZE)) @ k.transpose(-1, -2) + mask).softmax(-1)
        return self.dense((shares @ v).transpose(1, 2).reshape(-1, TOKENS, WIDTH))

    def forward(self, x, cos, sin, mask):
        return x + self.attention(self.before_attention(x), cos, sin, mask) + self.down(F.gelu(self.up(self.before_mlp(x))))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_in = nn.Parameter(numbers("gpt_neox.embed_in.weight", (VOCABULARY, WIDTH)), requires_grad=not LORA)
        self.layers = nn.ModuleList([Layer(i) for i in range(LAYERS)])
        self.norm = Norm("gpt_neox.final_layer_norm")
        self.embed_out = nn.Parameter(numbers("embed_out.weight", (VOCABULARY, WIDTH)), requires_grad=not LORA)
        self.cos, self.sin = angles()
        self.mask = torch.full((TOKENS, TOKENS), torch.finfo(torch.float32).min).triu(1)

    def logps(self, ids):
        """Log-probability of each row's response."""
        x = F.embedding(ids, self.embed_in)
        if LORA and torch.is_grad_enabled():
            x.requires_grad_()
        for layer in self.layers:
            given = (x, self.cos, self.sin, self.mask)
            x = checkpoint(layer, *given) if torch.is_grad_enabled() else layer(*given)
        logits = F.linear(self.norm(x[:, PROMPT - 1 : -1]), self.embed_out)
        return -F.cross_entropy(logits.flatten(0, 1), ids[:, PROMPT:].flatten(), reduction="none").view(len(ids), -1).sum(1)


def rotate(x, cos, sin):
    turned, rest = x[..., :ROTATED], x[..., ROTATED:]
    a, b = turned.chunk(2, -1)
    return torch.cat([turned * cos + torch.cat([-b, a], -1) * sin, rest], -1)


def angles():
    base = config["rotary_emb_base"]
    frequencies = base ** (-torch.arange(0, ROTATED, 2) / ROTATED)
    halves = torch.outer(torch.arange(TOKENS).float(), frequencies)
    both = torch.cat([halves, halves], -1)
    return both.cos(), both.sin()


def batch(step):
    """The rows of batches.ts, and the KL rows: each prompt with the response of the row after it."""
    words = (torch.arange(ROWS * TOKENS) + step * ROWS * TOKENS) * 7919 % VOCABULARY
    rows = words.view(ROWS, TOKENS)
    return rows, torch.cat([rows[:, :PROMPT], rows.roll(-1, 0)[:, PROMPT:]], 1)


@torch.no_grad()
def without_gradient(model, rows):
    return torch.cat([model.logps(part) for part in rows.split(job["microbatchRows"])])


def say(message):
    print(json.dumps(message), flush=True)


def main():
    torch.set_num_threads(job["threads"])
    model = Model()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.RMSprop(trained, lr=job["learningRate"], foreach=False)
    started = time.perf_counter()
    reference = [[without_gradient(model, rows) for rows in batch(step)] for step in range(job["steps"])]
    reference_seconds = time.perf_counter() - started
    for step in range(job["steps"]):
        started = time.perf_counter()
        rows, kl = batch(step)
        z0 = (without_gradient(model, kl) - reference[step][1]).mean().clamp(min=0)
        signs = 1.0 - 2.0 * ((torch.arange(ROWS) + step * ROWS) % 2)
        optimizer.zero_grad(set_to_none=True)
        value = 0.0
        size = job["microbatchRows"]
        for part, ref, sign in zip(rows.split(size), reference[step][0].split(size), signs.split(size)):
            d = model.logps(part) - ref
            loss = (1 - torch.sigmoid(sign * BETA * (d - z0))).sum() / ROWS
            loss.backward()
            value += loss.item()
        optimizer.step()
        say({"kind": "step", "seconds": time.perf_counter() - started, "loss": value})
    versions = {"torch": torch.__version__, "python": sys.version.split()[0], "openblas": openblas()}
    end = {"referenceSeconds": reference_seconds, "peakBytes": peak_bytes(), "cpuSeconds": time.process_time()}
    say({"kind": "end", **end, "versions": versions})


if __name__ == "__main__":
    main()
