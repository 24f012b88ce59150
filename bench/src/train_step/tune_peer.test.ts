import { expect, test } from 'vitest';
import { settingsToTry } from './peer_settings';
import { tunePeer } from './tune_peer';

const settings = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  env: { [name]: '1' },
  ...(name === 'a' && { usual: true as const }),
}));

/** Seconds by the settings that are in force. */
const times: Readonly<Record<string, number>> = { '': 3, a: 2, ab: 2.5, ac: 1.99, ad: 1.5 };

test('a setting is tried on top of those that helped, and kept if it saves more than noise', async () => {
  const { best, usual, trials } = await tunePeer(settings, async ({ env }) => ({
    fastest: times[Object.keys(env).join('')] ?? Number.NaN,
    peakBytes: 1,
  }));
  expect(trials.map((trial) => trial.name)).toEqual(['as it comes', 'a', 'a, b', 'a, c', 'a, d']);
  expect(best).toMatchObject({ name: 'a, d', env: { a: '1', d: '1' }, fastest: 1.5, peakBytes: 1 });
  expect(usual).toMatchObject({ name: 'a', env: { a: '1' }, fastest: 2 });
});

test('AVX-512 is tried only where the processor has it', () => {
  const names = (...features: string[]) =>
    settingsToTry('linux', new Set(features)).flatMap(({ env }) => Object.keys(env));
  expect(names('avx2')).not.toContain('OPENBLAS_CORETYPE');
  expect(names('avx2', 'avx512f')).toEqual(expect.arrayContaining(['OPENBLAS_CORETYPE', 'ATEN_CPU_CAPABILITY']));
});
