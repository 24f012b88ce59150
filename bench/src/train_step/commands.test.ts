import { afterEach, expect, test, vi } from 'vitest';
import { peerCommand } from './commands';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the peer inherits no tuning of whoever measures, and gets what was chosen', () => {
  vi.stubEnv('OPENBLAS_CORETYPE', 'Haswell');
  vi.stubEnv('OMP_NUM_THREADS', '64');
  vi.stubEnv('MALLOC_ARENA_MAX', '1');
  vi.stubEnv('LANG', 'C');
  const { env } = peerCommand('python3', 2, { OMP_WAIT_POLICY: 'PASSIVE' });
  expect(env).not.toHaveProperty('OPENBLAS_CORETYPE');
  expect(env).not.toHaveProperty('MALLOC_ARENA_MAX');
  expect(env).toMatchObject({
    LANG: 'C',
    OMP_NUM_THREADS: '2',
    OPENBLAS_NUM_THREADS: '2',
    OMP_WAIT_POLICY: 'PASSIVE',
  });
});
