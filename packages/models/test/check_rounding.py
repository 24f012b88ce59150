"""Reads safetensors files with nothing but PyTorch, and holds 16-bit weights against PyTorch's own rounding of the 32-bit ones.

    python3 check_rounding.py float32.safetensors float16.safetensors bfloat16.safetensors

Prints how many numbers were compared; fails at the first that differ.
"""
import json
import struct
import sys

import torch

dtypes = {'F32': torch.float32, 'F16': torch.float16, 'BF16': torch.bfloat16}


def read(path):
    data = bytearray(open(path, 'rb').read())
    (length,) = struct.unpack('<Q', data[:8])
    header = json.loads(data[8 : 8 + length])
    assert header.pop('__metadata__') == {'format': 'pt'} and length % 8 == 0
    position = 0
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        assert start == position, f'{name} leaves a hole'
        position = end
        tensors[name] = torch.frombuffer(data[8 + length + start : 8 + length + end], dtype=dtypes[entry['dtype']])
        tensors[name] = tensors[name].reshape(entry['shape'])
    assert 8 + length + position == len(data)
    return tensors


exact = read(sys.argv[1])
compared = 0
for path, dtype in (sys.argv[2], torch.float16), (sys.argv[3], torch.bfloat16):
    rounded = read(path)
    assert list(rounded) == list(exact)
    for name, tensor in exact.items():
        ours, theirs = rounded[name], tensor.to(dtype)
        assert ours.dtype == dtype and ours.shape == tensor.shape, name
        same = (ours.view(torch.int16) == theirs.view(torch.int16)) | (ours.isnan() & theirs.isnan())
        assert same.all(), f'{name}: {tensor[~same][:4]} became {ours[~same][:4]}, in PyTorch {theirs[~same][:4]}'
        compared += tensor.numel()
print(compared)
