"""GPT-NeoX and Llama in PyTorch, from their published formulas, for numbers to hold the TypeScript against."""

import math

import torch


def frequencies(config, rotated):
    """theta^(-2i / rotated), divided by the factor of a linear scaling (Chen et al., "Extending Context Window")."""
    rope = config["rope_parameters"]
    scale = rope["factor"] if rope["rope_type"] == "linear" else 1
    return rope["rope_theta"] ** (-torch.arange(0, rotated, 2).double() / rotated) / scale


def rotate(x, config, rotated):
    """Turns the pairs (x_i, x_{i + rotated / 2}) of each head by position x frequency; x is [rows, heads, tokens, size]."""
    angles = torch.arange(x.shape[2]).double()[:, None] * frequencies(config, rotated)
    turned = torch.view_as_complex(torch.stack((x[..., : rotated // 2], x[..., rotated // 2 : rotated]), -1))
    turned = turned * torch.polar(torch.ones_like(angles), angles)
    return torch.cat((turned.real, turned.imag, x[..., rotated:]), -1)


def attend(q, k, v):
    """softmax(q k^T / sqrt(size)) v over earlier tokens; a group of query heads shares one head of keys and values."""
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    mixed = torch.softmax(scores.masked_fill(later, -torch.inf), -1) @ v
    return mixed.transpose(1, 2).flatten(2)


def heads(x, size):
    return x.unflatten(-1, (-1, size)).transpose(1, 2)


def linear(weights, name, x):
    product = x @ weights[f"{name}.weight"].T
    return product + weights[f"{name}.bias"] if f"{name}.bias" in weights else product


def layer_norm(weights, name, x, epsilon):
    centred = x - x.mean(-1, keepdim=True)
    normal = centred / (centred.square().mean(-1, keepdim=True) + epsilon).sqrt()
    return normal * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def rms_norm(weights, name, x, epsilon):
    return x / (x.square().mean(-1, keepdim=True) + epsilon).sqrt() * weights[f"{name}.weight"]


def gelu(x, name):
    if name == "gelu":
        return x * (1 + torch.erf(x / math.sqrt(2))) / 2
    return x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


def gpt_neox(weights, config, ids):
    size = config["hidden_size"] // config["num_attention_heads"]
    rotated = int(size * config["rope_parameters"]["partial_rotary_factor"])
    epsilon = config["layer_norm_eps"]
    x = weights["gpt_neox.embed_in.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        at = f"gpt_neox.layers.{layer}"
        normal = layer_norm(weights, f"{at}.input_layernorm", x, epsilon)
        packed = heads(linear(weights, f"{at}.attention.query_key_value", normal), 3 * size)
        q, k, v = packed.split(size, -1)
        mixed = attend(rotate(q, config, rotated), rotate(k, config, rotated), v)
        attended = x + linear(weights, f"{at}.attention.dense", mixed)
        source = x if config["use_parallel_residual"] else attended
        normal = layer_norm(weights, f"{at}.post_attention_layernorm", source, epsilon)
        inner = gelu(linear(weights, f"{at}.mlp.dense_h_to_4h", normal), config["hidden_act"])
        x = attended + linear(weights, f"{at}.mlp.dense_4h_to_h", inner)
    x = layer_norm(weights, "gpt_neox.final_layer_norm", x, epsilon)
    return x @ weights["gpt_neox.embed_in.weight" if config["tie_word_embeddings"] else "embed_out.weight"].T


def llama(weights, config, ids):
    size = config["head_dim"]
    epsilon = config["rms_norm_eps"]
    x = weights["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        normal = rms_norm(weights, f"{at}.input_layernorm", x, epsilon)
        q, k, v = (heads(linear(weights, f"{at}.self_attn.{name}_proj", normal), size) for name in "qkv")
        mixed = attend(rotate(q, config, size), rotate(k, config, size), v)
        x = x + linear(weights, f"{at}.self_attn.o_proj", mixed)
        normal = rms_norm(weights, f"{at}.post_attention_layernorm", x, epsilon)
        gate, up = (linear(weights, f"{at}.mlp.{name}_proj", normal) for name in ("gate", "up"))
        x = x + linear(weights, f"{at}.mlp.down_proj", gate * torch.sigmoid(gate) * up)
    x = rms_norm(weights, "model.norm", x, epsilon)
    return x @ weights["model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"].T


families = {"gpt_neox": gpt_neox, "llama": llama}
