# Reads the file of pairs with Python's own gzip and json, one row after the other, and prints what that took.
import gzip
import json
import resource
import sys
import time

started = time.perf_counter()
rows = 0
with gzip.open(json.loads(sys.argv[1])["file"], "rt", encoding="utf-8") as lines:
    for line in lines:
        row = json.loads(line)
        rows += 1
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "rows": rows, "promptTokens": 0, "responseTokens": 0, "peakBytes": peak}))
