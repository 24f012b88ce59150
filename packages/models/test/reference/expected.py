"""What a checkpoint gives in float64: logits, log-probabilities, losses and their gradients, as the tests read them."""

import torch

from families import families


def token_logps(weights, config, rows):
    """Log-probability of each label given what precedes it, 0 where there is no label; [rows, tokens - 1]."""
    logits = families[config["model_type"]](weights, config, torch.tensor(rows["input_ids"]))
    labels = torch.tensor(rows["labels"])[:, 1:]
    logps = torch.log_softmax(logits[:, :-1], -1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return logps * (labels >= 0)


def summary(x):
    flat = x.detach().flatten()
    index = torch.arange(len(flat))
    largest = flat.abs().argmax().item()
    return {
        "sum": flat.sum().item(),
        "sum_abs": flat.abs().sum().item(),
        "l2": flat.norm().item(),
        "max_abs": flat.abs().max().item(),
        "wsum": (flat * ((31 * index) % 17 - 8)).sum().item(),
        "entries": [[i, flat[i].item()] for i in sorted({largest, *(len(flat) * part // 5 for part in range(5))})],
    }


def kto(weights, config, case):
    difference = token_logps(weights, config, case["batch"]["target"]).sum(1) - torch.tensor(
        case["reference_target_logps"], dtype=torch.float64
    )
    signs = torch.tensor([1.0 if up else -1.0 for up in case["batch"]["desirable"]]).double()
    beta, up, down = (case["config"][name] for name in ("beta", "desirable_weight", "undesirable_weight"))
    return torch.where(signs > 0, up, down) * (1 - torch.sigmoid(signs * beta * (difference - case["KL"])))


def dpo(weights, config, case):
    reference = torch.tensor(case["reference_logps"], dtype=torch.float64)
    chosen, rejected = (token_logps(weights, config, case["batch"]["concatenated"]).sum(1) - reference).chunk(2)
    return -torch.nn.functional.logsigmoid(case["config"]["beta"] * (chosen - rejected))


def sft(weights, config, case):
    return -token_logps(weights, config, case["batch"]["target"]).sum(1)


def measured(weights, config, case, losses):
    for weight in weights.values():
        weight.grad = None
    each = losses(weights, config, case)
    each.mean().backward()
    grads = {name: weight.grad for name, weight in weights.items()}
    return {
        **case,
        "loss": each.mean().item(),
        "losses": each.tolist(),
        "total_grad_norm": torch.cat([grad.flatten() for grad in grads.values()]).norm().item(),
        "grads": {name: summary(grad) for name, grad in grads.items()},
    }


def plain(config):
    """The config with rope_parameters, whatever form it is in."""
    scaling = config.get("rope_scaling") or {}
    rope = {
        "rope_type": scaling.get("type", "default"),
        "rope_theta": config.get("rope_theta", config.get("rotary_emb_base")),
        "partial_rotary_factor": config.get("rotary_pct"),
        **scaling,
    }
    head = config["hidden_size"] // config["num_attention_heads"]
    return {"rope_parameters": rope, "head_dim": head, **config}


def expected(weights, config, batch, cases):
    """`batch` is any rows; `cases` has what the losses kto and dpo are given."""
    config = plain(config)
    weights = {name: weight.double().requires_grad_() for name, weight in weights.items()}
    logits = families[config["model_type"]](weights, config, torch.tensor(batch["input_ids"])).detach()
    logps = token_logps(weights, config, batch).detach()
    rows, tokens = logits.shape[:2]
    lengths = torch.tensor(batch["attention_mask"]).sum(1).tolist()
    shown = [(row, position) for row in range(rows) for position in {0, tokens // 2, tokens - 1} if position < lengths[row]]
    everything = torch.cat([logits[row, : lengths[row]] for row in range(rows)])
    return {
        "parameters": sum(weight.numel() for weight in weights.values()),
        "batch": batch,
        "logits": [{"row": r, "position": p, "values": logits[r, p].tolist()} for r, p in shown],
        "logits_checksum": {k: v for k, v in summary(everything).items() if k != "entries"},
        "token_logps": logps.tolist(),
        "sequence_logps": logps.sum(1).tolist(),
        "losses": {
            "kto": measured(weights, config, cases["kto"], kto),
            "dpo": measured(weights, config, cases["dpo"], dpo),
            "sft_sequence_mean": {
                k: v for k, v in measured(weights, config, cases["kto"], sft).items() if k in ("loss", "total_grad_norm")
            },
        },
    }
