import { table } from '@halokit/evaluation';
import type { OperatorTime } from '@halokit/tfjs-backend-onnxruntime';
import { digits } from '../numbers';

/** Time of a kernel's operator, whatever the shapes of its inputs. */
export type KernelTime = Omit<OperatorTime, 'shapes'>;

/** Sums over shapes, the longest first. */
export function byKernelAndOp(rows: readonly OperatorTime[]): KernelTime[] {
  const sums = new Map<string, KernelTime>();
  for (const { kernel, op, runs, milliseconds } of rows) {
    const key = `${kernel} ${op}`;
    const known = sums.get(key);
    sums.set(key, {
      ...{ kernel, op },
      runs: (known?.runs ?? 0) + runs,
      milliseconds: (known?.milliseconds ?? 0) + milliseconds,
    });
  }
  return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

/** The `shown` largest sums of a step, the others in one line, and the total. */
export function profileTable(rows: readonly OperatorTime[], shown = 20): string {
  const sums = byKernelAndOp(rows);
  const all = total('total', sums);
  const line = ({ kernel, op, runs, milliseconds }: KernelTime) => [
    kernel || "ONNX Runtime's own",
    op,
    String(Math.round(10 * runs) / 10),
    digits(milliseconds),
    `${((100 * milliseconds) / all.milliseconds).toFixed(1)} %`,
  ];
  const others = sums.slice(shown);
  const lines = sums.slice(0, shown).map(line);
  if (others.length > 0) lines.push(line(total(`${others.length} others`, others)));
  lines.push(line(all));
  return table(['kernel', 'operator', 'runs', 'ms', 'share'], lines, ['left', 'left', 'right', 'right', 'right']);
}

function total(kernel: string, rows: readonly KernelTime[]): KernelTime {
  const sum = (of: (row: KernelTime) => number) => rows.reduce((result, row) => result + of(row), 0);
  return { kernel, op: '', runs: sum((row) => row.runs), milliseconds: sum((row) => row.milliseconds) };
}
