"""The peer's side of a measurement, on every rank: mpi4py's sums of float32 arrays in place. NumPy is not needed."""

import array
import json
import sys
import time

from mpi4py import MPI

job = json.loads(sys.argv[1])
world = MPI.COMM_WORLD
seconds = []
for measure in job["measures"]:
    calls = measure["calls"]
    ones = array.array("f", [1.0]) * (measure["bytes"] // 4)
    data = array.array("f", ones)
    taken = []
    for _ in range(measure["times"] + 1):
        data[:] = ones
        world.Barrier()
        begun = time.perf_counter()
        for _ in range(calls):
            world.Allreduce(MPI.IN_PLACE, [data, MPI.FLOAT])
        taken.append((time.perf_counter() - begun) / calls)
        assert data[0] == data[-1] == array.array("f", [float(world.size) ** calls])[0]
    seconds.append(taken[1:])
library = MPI.Get_library_version().split(",")[0].split("\n")[0]
if world.rank == 0:
    print(json.dumps({"library": f"{library.strip()}, mpi4py {__import__('mpi4py').__version__}", "ranks": world.size, "seconds": seconds}))
