import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Adapter, type DeviceName, graphicsAdapter } from '@halokit/tfjs-backend-onnxruntime';
import { type ProcessMemory, processMemory } from './free_memory';

/** What memory training may take where a graphics processor computes. */
export interface DeviceMemory {
  readonly name: string;
  /** It is the computer's own, which the process takes from too. */
  readonly shared: boolean;
  /** Bytes in all, and free now; undefined where nobody says. */
  readonly total?: number;
  readonly room?: number;
}

/** That of what ONNX Runtime computes on; undefined where that is the computer's processor. */
export function deviceInUse(device: DeviceName = 'cpu'): DeviceMemory | undefined {
  return device === 'cpu' ? undefined : deviceMemory(graphicsAdapter(), freeBytes(), processMemory());
}

/**
 * The memory of a graphics processor: its own, of which other programs may have some, or the computer's.
 *
 * @param free of graphics processors that say so
 */
export function deviceMemory(
  adapter: Adapter | undefined,
  free: number | undefined,
  { room, total }: Pick<ProcessMemory, 'room' | 'total'>,
): DeviceMemory {
  const name = adapter?.name ?? 'the graphics processor';
  if (adapter?.kind === 'integrated' || adapter?.kind === 'software') return { name, shared: true, room, total };
  const known = [adapter?.memoryBytes, free].filter((bytes) => bytes !== undefined);
  if (known.length === 0) return { name, shared: false };
  return { name, shared: false, total: Math.max(...known), room: Math.min(...known) };
}

/** Free bytes of the graphics processor that has most, as NVIDIA's program or AMD's driver for Linux says. */
function freeBytes(): number | undefined {
  const all = [...ofNvidia(), ...ofAmd()];
  return all.length === 0 ? undefined : Math.max(...all);
}

function ofNvidia(): number[] {
  const query = ['--query-gpu=memory.free', '--format=csv,noheader,nounits'];
  try {
    const mebibytes = execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: 'pipe' }).trim().split('\n');
    return mebibytes.map((text) => 2 ** 20 * Number(text)).filter(Number.isFinite);
  } catch {
    return []; // It is not there.
  }
}

function ofAmd(): number[] {
  const folder = '/sys/class/drm';
  const cards = existsSync(folder) ? readdirSync(folder).filter((name) => /^card\d+$/.test(name)) : [];
  return cards.flatMap((card) => {
    const read = (what: string) => Number(readFileSync(`${folder}/${card}/device/mem_info_vram_${what}`, 'utf8'));
    try {
      return [read('total') - read('used')];
    } catch {
      return []; // Another maker's.
    }
  });
}
