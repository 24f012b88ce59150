import { totalmem } from 'node:os';
import { type Adapter, preferred } from './adapter';
import { vulkanAdapters } from './vulkan';

/**
 * Graphics processors of this machine that a driver describes: by Vulkan on Linux and Windows. On a Mac with Apple's
 * processor there is always one, which shares the computer's memory.
 */
export function adapters(): Adapter[] {
  if (process.platform === 'darwin' && process.arch === 'arm64') {
    return [{ name: 'Apple GPU', kind: 'integrated', memoryBytes: totalmem(), float16: true }];
  }
  return vulkanAdapters();
}

/** The graphics processor that computes, or would; undefined where no driver says. The backend may be in use. */
export function graphicsAdapter(): Adapter | undefined {
  return preferred(adapters());
}
