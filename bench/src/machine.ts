import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Where a measurement was made. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Vector and matrix instructions, by the kernel's names for them; empty where it does not say. */
  readonly features: readonly string[];
}

const interesting = /^(avx.*|fma|amx_.*|asimd.*|sve.*|i8mm|bf16)$/;

/** This machine. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${process.arch}`,
    features: features().filter((name) => interesting.test(name)),
  };
}

function features(): string[] {
  try {
    const [, list = ''] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return list.split(' ');
  } catch {
    return []; // Only Linux has the file.
  }
}
