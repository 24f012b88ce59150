import { SingleBar } from 'cli-progress';
import { duration } from './duration';
import { whole } from './numbers';

/** Says how far a long piece of work has come and when it will be done. */
export interface Progress {
  /** `note` is a few words on where things stand (`loss 0.42`). */
  update(done: number, note?: string): void;
  end(note?: string): void;
  /** Ends without having come to the end. */
  stop(): void;
}

/** Seconds between two lines where there is no terminal to redraw. */
const quiet = 10;

/**
 * A bar with an ETA on a terminal; plain lines elsewhere, at most one in ten seconds. Goes to stderr.
 *
 * @param before what was done before this start, and tells nothing of its pace
 */
export function progress(
  label: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
  before = 0,
): Progress {
  return stream.isTTY ? bar(label, total, stream, before) : lines(label, total, stream, before);
}

/** The terminal on which a bar is being drawn. */
let drawnOn: NodeJS.WriteStream | undefined;

/** Says something while work goes on: above the bar, where one is drawn. Goes to stdout. */
export function sayBeside(text: string): void {
  // The bar draws itself again, below, within a tenth of a second.
  drawnOn?.write('\r\u001b[K');
  console.log(text);
}

/** How far work has come whose end is not known: a line at most every ten seconds. */
export function counting(label: string, stream: NodeJS.WriteStream = process.stderr): (done: number) => void {
  let said = performance.now();
  return (done) => {
    const now = performance.now();
    if (now - said < quiet * 1000) return;
    said = now;
    stream.write(`  ${label}: ${whole(done)} so far\n`);
  };
}

function bar(label: string, total: number, stream: NodeJS.WriteStream, before: number): Progress {
  const started = performance.now();
  const view = new SingleBar({
    stream,
    hideCursor: true,
    barsize: 16,
    format: '  {label} {bar} {value}/{total}  {time}  {note}',
    // Or a bar that says the same as before stays away, after `sayBeside` has cleared its line.
    forceRedraw: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  view.start(total, before, { label: label.padEnd(12), time: '', note: '' });
  drawnOn = stream;
  const left = (done: number) => duration(remaining(started, done - before, total - done));
  const stop = () => {
    drawnOn = undefined;
    view.stop();
  };
  return {
    update(done, note = '') {
      view.update(done, { time: done < total ? `${left(done)} left` : '', note });
    },
    end(note) {
      view.update(total, { time: elapsed(started), ...(note !== undefined && { note }) });
      stop();
    },
    stop,
  };
}

function lines(label: string, total: number, stream: NodeJS.WriteStream, before: number): Progress {
  const started = performance.now();
  let said = started;
  return {
    update(done, note = '') {
      const now = performance.now();
      if (now - said < quiet * 1000 || done >= total) return;
      said = now;
      const left = duration(remaining(started, done - before, total - done));
      stream.write(`  ${label}: ${done}/${total}, ${left} left${note && `, ${note}`}\n`);
    },
    end(note) {
      stream.write(`  ${label}: ${total}/${total} in ${elapsed(started)}${note ? `, ${note}` : ''}\n`);
    },
    stop() {},
  };
}

function remaining(started: number, done: number, left: number): number {
  return done === 0 ? 0 : ((performance.now() - started) / 1000 / done) * left;
}

function elapsed(started: number): string {
  return duration((performance.now() - started) / 1000);
}
