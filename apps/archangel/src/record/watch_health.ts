import type { StageObserver } from '../stages/observers';
import { referenceHealth } from './reference_health';

/** Says it when the reference point of a stage has run away, or stays at its floor. */
export function watchHealth(beta: number, say: (line: string) => void): StageObserver {
  const health = referenceHealth(beta);
  return {
    onStep({ step, metrics }) {
      for (const line of health(step, metrics)) say(line);
    },
  };
}
