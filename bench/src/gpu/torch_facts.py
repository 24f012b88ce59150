"""What PyTorch says of itself and of its GPU: one JSON line."""

import json

import torch

facts = {"torch": torch.__version__, "cuda": torch.version.cuda, "available": torch.cuda.is_available()}
if facts["available"]:
    properties = torch.cuda.get_device_properties(0)
    facts = {**facts, "gpu": properties.name, "memoryBytes": properties.total_memory}
print(json.dumps(facts), flush=True)
