"""How far `expected` is from what stands in expected.json of the folders named: of the oracle's, at most 1e-12 or so.

    python3 check_checkpoints.py ../../fixtures/{llama-gqa,llama-tied,neox-parallel,neox-sequential}
"""

import json
import sys
from pathlib import Path

from expected import expected
from safetensors_file import read_safetensors


def largest_difference(ours, theirs):
    """Over every number that both have; which entries of a tensor are listed is up to each."""
    if isinstance(ours, dict):
        shared = [key for key in ours if key in theirs and key not in ("entries", "losses")]
        return max((largest_difference(ours[key], theirs[key]) for key in shared), default=0.0)
    if isinstance(ours, list):
        return max((largest_difference(a, b) for a, b in zip(ours, theirs)), default=0.0)
    return abs(ours - theirs) if isinstance(ours, float) else 0.0


for folder in map(Path, sys.argv[1:]):
    theirs = json.loads((folder / "expected.json").read_text())
    config = json.loads((folder / "config.json").read_text())
    ours = expected(read_safetensors(folder / "model.safetensors"), config, theirs["batch"], theirs["losses"])
    kinds = {key: largest_difference(ours[key], theirs[key]) for key in ("token_logps", "sequence_logps", "logits_checksum")}
    losses = {name: largest_difference(case, theirs["losses"][name]) for name, case in ours["losses"].items()}
    print(folder.name, {**kinds, **losses})
