"""Safetensors files of float32 tensors, in and out."""

import json
import struct

import torch


def write_safetensors(path, weights):
    header, data = {}, b""
    for name, weight in weights.items():
        values = weight.numpy().astype("<f4").tobytes()
        offsets = [len(data), len(data) + len(values)]
        header[name] = {"dtype": "F32", "shape": list(weight.shape), "data_offsets": offsets}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    return {
        name: torch.frombuffer(bytearray(data[8 + length :][slice(*entry["data_offsets"])]), dtype=torch.float32).reshape(
            entry["shape"]
        )
        for name, entry in header.items()
        if name != "__metadata__"
    }
