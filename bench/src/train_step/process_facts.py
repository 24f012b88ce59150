"""What a program says of its own process."""

import ctypes
import re
import resource
import sys


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def openblas():
    """OpenBLAS's own words on its version and the kernels it chose, or None where another library multiplies."""
    try:
        with open("/proc/self/maps") as maps:
            libraries = {line.split()[-1] for line in maps if "blas" in line}
    except OSError:
        return None
    for path in sorted(libraries):
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            version = library.openblas_get_config().decode().split()[1]
            return f"{version} ({library.openblas_get_corename().decode()})"
    return None
