import { spawnSync } from 'node:child_process';

const candidates = ['python3', '/usr/bin/python3', 'python'];

/** What to do where there is no PyTorch. */
export const noPytorch =
  'PyTorch is missing, so only halokit is measured. On Debian and Ubuntu: ' +
  'apt-get install python3-torch libopenblas0-pthread. Elsewhere: --python PATH names a Python that can import torch.';

/** The first Python that can import torch. */
export function findPython(asked?: string): string | undefined {
  const known = asked === undefined ? candidates : [asked];
  return known.find((python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
}
