import type { Adapter, DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import { backendWords } from '../backend';
import { gigabytes } from '../plan/units';
import { whole } from '../terminal/numbers';
import { oneLine } from '../terminal/one_line';
import type { Reason } from './probe';
import type { BackendReport, EnvReport } from './report';

/** The report as plain lines, to read and to paste: names in one column, what is to be said of them in the next. */
export function envText({ machine, versions, threads, backends, auto, devices }: EnvReport): string {
  const { system, processor, cores, memoryBytes, freeBytes, node } = machine;
  return [
    section('machine', [
      ['system', system],
      ['processor', `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}`],
      ['memory', `${gigabytes(memoryBytes)}, of which ${gigabytes(freeBytes)} are free`],
      ['threads', `${threads} with ONNX Runtime, unless --threads says otherwise`],
      ['Node', node],
    ]),
    section('backends (--backend)', [
      ...backends.map((each): [string, string] => [each.name, reportWords(each)]),
      ['auto', 'found' in auto ? `takes ${auto.found.name}: ${backendWords(auto.found)}` : absent(auto)],
    ]),
    section(
      'devices of onnxruntime (--device)',
      'reason' in devices ? [['unknown', absent(devices)]] : devices.map((each) => [each.device, deviceWords(each)]),
    ),
    section('versions', Object.entries(versions)),
  ].join('\n\n');
}

function section(title: string, lines: readonly (readonly [name: string, words: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return [title, ...lines.map(([name, words]) => `  ${name.padEnd(width)}  ${words}`)].join('\n');
}

function absent({ reason, remedy }: Partial<Reason>): string {
  return `no: ${oneLine(reason ?? 'it is not said why')}${remedy ? `. ${remedy}` : ''}`;
}

function reportWords({ available, notice, ...why }: BackendReport): string {
  return available ? `yes: ${notice}` : absent(why);
}

function deviceWords({ available, reason, adapter }: DeviceReport): string {
  if (!available) return absent({ reason });
  return `yes${adapter ? `: ${adapterWords(adapter)}` : ', but no driver says what it is'}`;
}

/** `Radeon RX 7600 (discrete), 8.59 GB, float16, arrays of up to 4,294,967,295 bytes`. */
function adapterWords({ name, kind, memoryBytes, largestBinding, float16 }: Adapter): string {
  return [
    kind === 'other' ? name : `${name} (${kind})`,
    ...(memoryBytes === undefined ? [] : [gigabytes(memoryBytes)]),
    ...(float16 ? ['float16'] : []),
    ...(largestBinding === undefined ? [] : [`arrays of up to ${whole(largestBinding)} bytes`]),
  ].join(', ');
}
