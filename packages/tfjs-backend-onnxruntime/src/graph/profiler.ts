import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from './node';
import { nodeNamed } from './node_names';
import type { Chunk } from './plan';
import { SessionCache } from './session_cache';

/** How long an operator took, all its runs on inputs of these shapes together. */
export interface OperatorTime {
  /** The kernel of TensorFlow.js that recorded it; empty where ONNX Runtime put it in itself. */
  readonly kernel: string;
  /** ONNX Runtime's operator, which may stand for several that were recorded. */
  readonly op: string;
  /** Of its inputs: '1024x512 512x2048'. */
  readonly shapes: string;
  readonly runs: number;
  readonly milliseconds: number;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly input_type_shape?: readonly Record<string, number[]>[] };
}

/** Collects what ONNX Runtime's own profiler writes: one file a session, when the session is released. */
export class Profiler {
  readonly sessions = new SessionCache(Number.POSITIVE_INFINITY);
  private readonly folder = mkdtempSync(join(tmpdir(), 'halokit-profile-'));
  private readonly nodes: (readonly Node[])[] = [];

  /** The beginning of the path of a chunk's file. */
  fileFor({ nodes }: Chunk): string {
    this.nodes.push(nodes);
    return join(this.folder, String(this.nodes.length - 1));
  }

  /** What was measured until now, the longest first. Releases the sessions, so nothing may run. */
  times(): OperatorTime[] {
    this.sessions.clear();
    const sums = new Map<string, OperatorTime>();
    for (const file of readdirSync(this.folder)) {
      const nodes = this.nodes[Number.parseInt(file, 10)] ?? [];
      const events: readonly ProfileEvent[] = JSON.parse(readFileSync(join(this.folder, file), 'utf8'));
      for (const event of events) addUp(sums, event, nodes);
    }
    return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  }

  end(): void {
    this.sessions.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function addUp(sums: Map<string, OperatorTime>, event: ProfileEvent, nodes: readonly Node[]): void {
  const { cat, name = '', dur = 0, args } = event;
  if (cat !== 'Node' || !name.endsWith('_kernel_time') || !args) return;
  const op = args.op_name ?? '';
  // What it repeats is measured by itself.
  if (op === 'Scan') return;
  const kernel = nodeNamed(name, { nodes })?.kernel ?? '';
  const shapes = (args.input_type_shape ?? []).flatMap((input) => Object.values(input).map((shape) => shape.join('x')));
  const key = [kernel, op, ...shapes].join(' ');
  const known = sums.get(key);
  sums.set(key, {
    ...{ kernel, op, shapes: shapes.join(' ') },
    runs: (known?.runs ?? 0) + 1,
    milliseconds: (known?.milliseconds ?? 0) + dur / 1000,
  });
}
