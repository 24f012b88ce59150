import { type EventsFile, openEventsFile } from '@halokit/trainer/node';
import type { StageObserver } from '../stages/observers';

/** Writes a stage's metrics for TensorBoard, into a folder of its own. */
export function tensorboardCurves(folder: string): StageObserver {
  let events: EventsFile | undefined;
  return {
    async begin() {
      events = await openEventsFile(folder);
    },
    onStep: (event) => events?.append(event),
    end: () => events?.close(),
  };
}
