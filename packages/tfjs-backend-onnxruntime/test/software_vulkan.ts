import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where Debian's packages put the drivers that compute with the processor what a graphics processor would. */
const drivers = {
  /** Mesa's, from 24 on: float16, and bindings of up to 128 MiB. */
  lavapipe: '/usr/share/vulkan/icd.d/lvp_icd.json',
  /** That of Debian's chromium: bindings of up to 1 GiB, no float16. */
  swiftshader: '/usr/lib/chromium/vk_swiftshader_icd.json',
};

export type Driver = keyof typeof drivers;

/** Why there is nothing to run on a driver, if it is not installed. */
export function missingDriver(driver: Driver): string | undefined {
  const file = drivers[driver];
  return existsSync(file) ? undefined : `no graphics processor in software: ${file} is not there`;
}

/** What a driver is told by the environment. */
export function driverVariables(driver: Driver): Record<string, string> {
  return {
    VK_ICD_FILENAMES: drivers[driver],
    // Compiling takes Mesa longer than computing does, so every process uses what another compiled.
    MESA_SHADER_CACHE_DIR: fileURLToPath(new URL('../node_modules/.cache/', import.meta.url)),
    // As many tests run at once as there are cores: each computes on the thread that asks.
    LP_NUM_THREADS: '0',
  };
}

/** Has this process compute on a graphics processor in software, from the next start of the backend on. */
export function softwareVulkan(driver: Driver): void {
  Object.assign(process.env, driverVariables(driver));
}
