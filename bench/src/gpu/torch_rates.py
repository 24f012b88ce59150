"""How fast PyTorch multiplies matrices of the sizes of a step: one JSON line. As rates_program.ts does it."""

import json
import math
import sys
import time

import torch

job = json.loads(sys.argv[1])
DEVICE = torch.device(job["device"])
DTYPE = getattr(torch, job["arithmetic"])


def finish():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def rate(batch, m, k, n, a, b):
    def seconds(times):
        started = time.perf_counter()
        for _ in range(times):
            a @ b
        finish()
        return time.perf_counter() - started

    seconds(1)
    times = max(1, math.ceil(job["patience"] / seconds(1)))
    fastest = min(seconds(times) for _ in range(3))
    return times * 2 * batch * m * k * n / fastest


@torch.no_grad()
def main():
    rates = []
    for product in job["products"]:
        batch, m, k, n = (product[name] for name in ("batch", "m", "k", "n"))
        lies_a = (batch, k, m) if product.get("transposeA") else (batch, m, k)
        lies_b = (batch, n, k) if product.get("transposeB") else (batch, k, n)
        a, b = (torch.rand(lies, device=DEVICE).mul(2).sub(1).to(DTYPE) for lies in (lies_a, lies_b))
        a = a.transpose(1, 2) if product.get("transposeA") else a
        b = b.transpose(1, 2) if product.get("transposeB") else b
        rates.append(rate(batch, m, k, n, a, b))
    print(json.dumps({"flopsPerSecond": rates}), flush=True)


main()
