"""Writes ../../fixtures/adapters/: SFT of a low-rank adapter and then KTO of the same adapter, in PyTorch in float64.

The adapter is worked out in another way than in the package: as the weight W + (alpha / rank) B A. The reference of KTO is
the base with the adapter as SFT left it; what the base alone would give as reference is written down beside.

    python3 adapter_traces.py
"""

import json
import sys
from pathlib import Path

import torch

here = Path(__file__).resolve().parent
models = here.parents[2] / "models"
sys.path.insert(0, str(models / "test" / "reference"))

from expected import plain, summary, token_logps  # noqa: E402
from safetensors_file import read_safetensors  # noqa: E402

beta = 0.1
cases = {
    "neox-parallel": ("kto_neox_rmsprop", 2, 4, ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]),
    "llama-gqa": ("kto_llama_rmsprop", 3, 5, ["q_proj", "v_proj", "down_proj"]),
}


def start(module_number, height, width, rank):
    """A as the test sets it, and B, which is 0."""
    k = torch.arange(rank * width)
    a = ((k * 7919 + 31 * module_number) % 1009) / 1009.0 - 0.5
    return a.float().double().reshape(rank, width).requires_grad_(), torch.zeros(height, rank).double().requires_grad_()


def adapted(base, matrices, scale):
    changes = {f"{module}.weight": scale * b @ a for module, (a, b) in matrices.items()}
    return {name: weight + changes[name] if name in changes else weight for name, weight in base.items()}


def clip(matrices, limit):
    gradients = [matrix.grad for pair in matrices.values() for matrix in pair]
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
    for gradient in gradients:
        gradient *= min(1, limit / (norm + 1e-6))
    return norm


def run(matrices, optimizer, rates, limit, step):
    """Updates with one rate each; `step` gives a dictionary whose "losses" are a tensor."""
    steps = []
    for rate in rates:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        numbers = step()
        loss = numbers.pop("loss")
        loss.backward()
        steps.append({"lr": rate, "loss": loss.item(), "grad_norm_before_clip": clip(matrices, limit), **numbers})
        optimizer.step()
    entries = {
        f"{module}.lora_{letter}.weight": {"entries": summary(matrix)["entries"]}
        for module, pair in matrices.items()
        for letter, matrix in zip("AB", pair)
    }
    return {"steps": steps, "parameters_after_last_step": entries}


def kto(policy, config, batch, reference):
    def difference(rows, of):
        return token_logps(policy, config, rows).sum(1) - of

    with torch.no_grad():
        drift = difference(batch["KL"], reference["KL"]).mean().clamp(min=0)
    signs = torch.tensor([1.0 if up else -1.0 for up in batch["desirable"]]).double()
    d = difference(batch["target"], reference["target"])
    losses = 1 - torch.sigmoid(signs * beta * (d - drift))
    rewards = (beta * d).tolist()
    return {
        "loss": losses.mean(),
        "losses": losses.tolist(),
        "KL": drift.item(),
        "chosen_rewards": [reward for reward, up in zip(rewards, batch["desirable"]) if up],
        "rejected_rewards": [reward for reward, up in zip(rewards, batch["desirable"]) if not up],
        "target_logps": (d + reference["target"]).tolist(),
    }


def reference_of(weights, config, batch):
    with torch.no_grad():
        return {rows: token_logps(weights, config, batch[rows]).sum(1) for rows in ("target", "KL")}


def both_stages(name, trace, rank, alpha, targets):
    config = plain(json.loads((models / "fixtures" / name / "config.json").read_text()))
    base = {key: weight.double() for key, weight in read_safetensors(models / "fixtures" / name / "model.safetensors").items()}
    batch = json.loads((here.parents[1] / "fixtures" / "traces" / f"{trace}.json").read_text())["batch"]
    modules = [key[: -len(".weight")] for key in base if key.endswith(".weight") and key.split(".")[-2] in targets]
    matrices = {
        module: start(number, *base[f"{module}.weight"].shape, rank) for number, module in enumerate(sorted(modules))
    }
    scale = alpha / rank
    everything = [matrix for pair in matrices.values() for matrix in pair]
    policy = lambda: adapted(base, matrices, scale)  # noqa: E731

    def sft():
        logps = token_logps(policy(), config, batch["target"])
        rows = logps.sum(1)
        return {"loss": -logps.sum() / (logps != 0).sum(), "target_logps": rows.tolist()}

    adam = {"name": "AdamW", "lr": 1e-2, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01}
    optimizer = torch.optim.AdamW(everything, lr=1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    first = run(matrices, optimizer, [1e-3, *[1e-2] * 5], 1.0, sft)

    reference = reference_of(policy(), config, batch)
    of_base = reference_of(base, config, batch)
    against_base = kto(policy(), config, batch, of_base)
    rms = {"name": "RMSprop", "lr": 1e-3, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0}
    optimizer = torch.optim.RMSprop(everything, lr=1, alpha=0.99, eps=1e-8)
    second = run(matrices, optimizer, [1e-3] * 8, 10.0, lambda: kto(policy(), config, batch, reference))
    shared = {"policy": f"models/{name}"}
    kto_batch = {key: batch[key] for key in ("desirable", "target", "KL")}
    settings = {"beta": beta, "desirable_weight": 1.0, "undesirable_weight": 1.0}
    return {
        "rank": rank,
        "alpha": alpha,
        "targets": targets,
        "sft": {**shared, "loss": "halos_sft", "config": {}, "optimizer": adam, "clip_grad_norm": 1.0, "warmup_steps": 1,
                "batch": {"target": batch["target"]}, **first},
        "kto": {**shared, "loss": "legacy_kto", "config": settings, "optimizer": rms, "clip_grad_norm": 10.0,
                "warmup_steps": 0, "batch": kto_batch, **second},
        "kto_against_base": {"loss": against_base["loss"].item(), "KL": against_base["KL"]},
    }


for name, case in cases.items():
    result = both_stages(name, *case)
    (here.parents[1] / "fixtures" / "adapters" / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    losses = {stage: [round(step["loss"], 5) for step in result[stage]["steps"]] for stage in ("sft", "kto")}
    print(name, losses, result["kto_against_base"])
