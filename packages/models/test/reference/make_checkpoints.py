"""Writes ../../fixtures/: checkpoints of what the oracle has none of, with expected numbers from PyTorch in float64."""

import json
from pathlib import Path

import torch

from expected import expected
from safetensors_file import write_safetensors

fixtures = Path(__file__).parents[2] / "fixtures"
sizes = {"vocab_size": 61, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40}
shared = {**sizes, "max_position_embeddings": 64, "bos_token_id": 0, "eos_token_id": 2, "initializer_range": 0.02}

checkpoints = {
    # Fields as Transformers 4 writes them; heads are larger than hidden_size / num_attention_heads.
    "llama-biases": {
        "model_type": "llama",
        **shared,
        "hidden_act": "silu",
        "num_key_value_heads": 2,
        "head_dim": 8,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "rope_scaling": {"type": "linear", "factor": 4.0},
        "attention_bias": True,
        "mlp_bias": True,
        "tie_word_embeddings": False,
    },
    # Fields as Transformers 5 writes them.
    "neox-no-biases": {
        "model_type": "gpt_neox",
        **shared,
        "hidden_act": "gelu_fast",
        "layer_norm_eps": 1e-5,
        "rope_parameters": {
            "rope_type": "linear",
            "factor": 4.0,
            "rope_theta": 10000,
            "partial_rotary_factor": 0.7,
        },
        "attention_bias": False,
        "use_parallel_residual": False,
        "tie_word_embeddings": True,
    },
}


def shapes(config):
    width, inner, vocabulary = (config[name] for name in ("hidden_size", "intermediate_size", "vocab_size"))
    if config["model_type"] == "gpt_neox":
        biased = config["attention_bias"]
        layer = {
            "input_layernorm": ([width], True),
            "post_attention_layernorm": ([width], True),
            "attention.query_key_value": ([3 * width, width], biased),
            "attention.dense": ([width, width], biased),
            "mlp.dense_h_to_4h": ([inner, width], True),
            "mlp.dense_4h_to_h": ([width, inner], True),
        }
        at, outer = "gpt_neox.layers", {"gpt_neox.embed_in": ([vocabulary, width], False)}
        outer["gpt_neox.final_layer_norm"] = ([width], True)
        if not config["tie_word_embeddings"]:
            outer["embed_out"] = ([vocabulary, width], False)
    else:
        queries, keys = (config["head_dim"] * config[f"num_{name}_heads"] for name in ("attention", "key_value"))
        attention, mlp = config["attention_bias"], config["mlp_bias"]
        layer = {
            "input_layernorm": ([width], False),
            "post_attention_layernorm": ([width], False),
            "self_attn.q_proj": ([queries, width], attention),
            "self_attn.k_proj": ([keys, width], attention),
            "self_attn.v_proj": ([keys, width], attention),
            "self_attn.o_proj": ([width, queries], attention),
            "mlp.gate_proj": ([inner, width], mlp),
            "mlp.up_proj": ([inner, width], mlp),
            "mlp.down_proj": ([width, inner], mlp),
        }
        at, outer = "model.layers", {"model.embed_tokens": ([vocabulary, width], False), "model.norm": ([width], False)}
        if not config["tie_word_embeddings"]:
            outer["lm_head"] = ([vocabulary, width], False)
    layers = range(config["num_hidden_layers"])
    modules = {**outer, **{f"{at}.{i}.{name}": module for i in layers for name, module in layer.items()}}
    for name, (shape, biased) in modules.items():
        yield f"{name}.weight", shape
        if biased:
            yield f"{name}.bias", shape[:1]


def drawn(name, shape):
    """Matrices that keep the size of what they multiply, norms around 1, biases that matter."""
    if len(shape) == 2:
        return torch.randn(shape) * (1 if "embed" in name else 1.5 / shape[1] ** 0.5)
    return torch.randn(shape) * 0.3 + (1 if name.endswith("weight") else 0)


def rows(count, longest=11):
    """Random prompts and responses, padded on the right."""
    ids, mask, labels = [], [], []
    for row in range(count):
        length = longest - row % 4
        prompt = 2 + row % 3
        tokens = torch.randint(3, sizes["vocab_size"], (length,)).tolist()
        ids.append(tokens + [1] * (longest - length))
        mask.append([1] * length + [0] * (longest - length))
        labels.append([-100] * prompt + tokens[prompt:] + [-100] * (longest - length))
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def given():
    """What the losses are given: references near what such a model says."""
    reference = [-36.0, -29.5, -31.0, -24.0]
    beta = {"beta": 0.1, "desirable_weight": 1.0, "undesirable_weight": 1.5}
    target = {"desirable": [True, False, True, False], "target": rows(4)}
    return {
        "kto": {"config": beta, "batch": target, "reference_target_logps": reference, "KL": 0.25},
        "dpo": {"config": beta, "batch": {"pairs": 2, "concatenated": rows(4)}, "reference_logps": reference},
    }


def write(name, config):
    torch.manual_seed(1)
    weights = {tensor: drawn(tensor, shape) for tensor, shape in shapes(config)}
    folder = fixtures / name
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_safetensors(folder / "model.safetensors", weights)
    (folder / "expected.json").write_text(json.dumps(expected(weights, config, rows(5), given())) + "\n")


if __name__ == "__main__":
    for name, config in checkpoints.items():
        write(name, config)
