import { afterAll, vi } from 'vitest';

// Where test files share a process: what one of them has put in the place of something else goes with it.
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
