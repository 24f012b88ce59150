/** A change to PyTorch's environment that may make it faster here. */
export interface Setting {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Many set it; the others only who has measured. */
  readonly usual?: true;
}

/**
 * What is tried on PyTorch, one after the other, each kept if it helps: a peer is measured at its best.
 *
 * @param features the processor's, as in /proc/cpuinfo
 */
export function settingsToTry(platform: NodeJS.Platform, features: ReadonlySet<string>): Setting[] {
  const settings: Setting[] = [];
  if (features.has('avx512f')) {
    // Older OpenBLAS takes AVX2 kernels on processors that it does not know.
    settings.push({ name: 'AVX-512 in OpenBLAS', env: { OPENBLAS_CORETYPE: 'SkylakeX' }, usual: true });
  }
  // OpenBLAS has threads of its own, and PyTorch's would spin on the cores that they need.
  settings.push({ name: 'threads that wait asleep', env: { OMP_WAIT_POLICY: 'PASSIVE' } });
  if (features.has('avx512f')) {
    // PyTorch 1.13 takes AVX2 for everything but matrix products unless told.
    settings.push({ name: 'AVX-512 in PyTorch', env: { ATEN_CPU_CAPABILITY: 'avx512' } });
  }
  if (platform === 'linux') {
    // The C library gives large blocks back at once, and every step then faults them in again.
    const env = { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '68719476736' };
    settings.push({ name: 'memory kept', env });
  }
  return settings;
}
