import type { Setting } from './peer_settings';

/** One try of PyTorch with some settings. */
export interface Trial {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Seconds of the fastest step: whatever else the machine does only ever slows one down. */
  readonly fastest: number;
  readonly peakBytes: number;
}

/** What one try measured. */
export type Measure = (setting: Setting) => Promise<Pick<Trial, 'fastest' | 'peakBytes'>>;

/** A setting must save more than this share, or noise would choose. */
const worthwhile = 0.02;

/** What was tried; the better of PyTorch as it comes and with the kernels that fit the processor; and the best of all. */
export interface Tuning {
  readonly trials: readonly Trial[];
  readonly usual: Trial;
  readonly best: Trial;
}

/** Tries PyTorch as it comes, then each setting on top of those that helped. */
export async function tunePeer(settings: readonly Setting[], measure: Measure): Promise<Tuning> {
  const attempt = async (setting: Setting): Promise<Trial> => ({ ...setting, ...(await measure(setting)) });
  let best = await attempt({ name: 'as it comes', env: {} });
  const trials = [best];
  let usual = best;
  for (const { name, env, usual: isUsual } of settings) {
    const first = Object.keys(best.env).length === 0;
    const trial = await attempt({ name: first ? name : `${best.name}, ${name}`, env: { ...best.env, ...env } });
    trials.push(trial);
    if (trial.fastest < best.fastest * (1 - worthwhile)) best = trial;
    if (isUsual) usual = best;
  }
  return { trials, usual, best };
}
