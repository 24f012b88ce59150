"""Alignment as HALOs (branch legacy) does it, in PyTorch: one JSON line a step, then one about the process.

Every microbatch is padded to its longest row, its logits are computed over the whole vocabulary for every token, and a step has
four forward passes: policy and reference, each on the rows and on the KL rows. The reference point is that of the whole batch, as
halokit's is, so that both compute the same loss; the passes are as many and as long.

It computes on the job's device, the processor unless it says otherwise, in float32 or under autocast.
"""

import copy
import json
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

# The model, its weights and what is said of the process are those of the training step's peer, told of the model's size.
sys.path.insert(0, str(Path(__file__).parent.parent / "train_step"))
job = json.loads(sys.argv[1])
LONGEST = 1024
sys.argv[1] = json.dumps({**job, "shape": {**job["size"], "rows": 1, "tokens": LONGEST}})
import peer  # noqa: E402

BETA = 0.1
AT_ONCE = job["microbatchRows"]
DEVICE = torch.device(job.get("device", "cpu"))
DTYPE = getattr(torch, job.get("dtype", "float32"))
ON_GPU = DEVICE.type == "cuda"
COS, SIN = (angles.to(DEVICE) for angles in peer.angles())
MASK = torch.full((LONGEST, LONGEST), torch.finfo(torch.float32).min, device=DEVICE).triu(1)


def logps(model, rows):
    """Log-probability of each row's response."""
    longest = max(len(prompt) + len(response) for prompt, response in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.int64)
    counts = torch.zeros(len(rows), longest)
    for i, (prompt, response) in enumerate(rows):
        ids[i, : len(prompt) + len(response)] = torch.tensor(prompt + response)
        counts[i, len(prompt) : len(prompt) + len(response)] = 1
    ids, counts = ids.to(DEVICE), counts.to(DEVICE)
    with torch.autocast(DEVICE.type, torch.bfloat16, enabled=DTYPE is torch.bfloat16):
        logits = model(ids, COS[:longest], SIN[:longest], MASK[:longest, :longest])
    of_tokens = torch.gather(logits[:, :-1].float().log_softmax(-1), 2, ids[:, 1:, None]).squeeze(2)
    return (of_tokens * counts[:, 1:]).sum(-1)


def parts(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


def kto(policy, reference, step):
    with torch.no_grad():
        kl = [logps(policy, rows) - logps(reference, rows) for rows in parts(step["kl"], AT_ONCE)]
        z0 = torch.cat(kl).mean().clamp(min=0)
    value = 0.0
    for rows, desirable in zip(parts(step["rows"], AT_ONCE), parts(step["desirable"], AT_ONCE)):
        with torch.no_grad():
            before = logps(reference, rows)
        signs = torch.tensor([1.0 if up else -1.0 for up in desirable], device=DEVICE)
        losses = 1 - torch.sigmoid(BETA * signs * (logps(policy, rows) - before - z0))
        loss = losses.sum() / len(step["rows"])
        loss.backward()
        value += loss.item()
    return value


def dpo(policy, reference, step):
    half = len(step["rows"]) // 2
    chosen, rejected = step["rows"][:half], step["rows"][half:]
    value = 0.0
    for pair in zip(parts(chosen, AT_ONCE // 2), parts(rejected, AT_ONCE // 2)):
        rows = pair[0] + pair[1]
        with torch.no_grad():
            before = logps(reference, rows)
        of_chosen, of_rejected = (logps(policy, rows) - before).chunk(2)
        loss = -F.logsigmoid(BETA * (of_chosen - of_rejected)).sum() / half
        loss.backward()
        value += loss.item()
    return value


def main():
    torch.set_num_threads(job["threads"])
    with open(job["feedback"]) as file:
        steps = json.load(file)["steps"]
    policy = peer.Model().to(DEVICE)
    peer.initialise(policy)
    reference = copy.deepcopy(policy).requires_grad_(False)
    # On a GPU as it comes: all weights together.
    optimizer = torch.optim.RMSprop(policy.parameters(), lr=job["learningRate"], foreach=None if ON_GPU else False)
    for kind in ("step", "again")[: job.get("passes", 1)]:
        for step in steps:
            started = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            value = {"kto": kto, "dpo": dpo}[job["method"]](policy, reference, step)
            torch.nn.utils.clip_grad_norm_(policy.parameters(), 10.0)
            optimizer.step()
            if ON_GPU:
                torch.cuda.synchronize()
            peer.say({"kind": kind, "seconds": time.perf_counter() - started, "loss": value})
    versions = {"torch": torch.__version__, "python": sys.version.split()[0], "openblas": peer.openblas()}
    if ON_GPU:
        versions["cuda"] = torch.version.cuda
    memory = {"deviceBytes": torch.cuda.max_memory_allocated()} if ON_GPU else {}
    end = {"peakBytes": peer.peak_bytes(), "cpuSeconds": time.process_time(), **memory}
    peer.say({"kind": "end", **end, "versions": versions})


main()
