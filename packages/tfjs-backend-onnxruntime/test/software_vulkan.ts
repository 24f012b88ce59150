import { existsSync } from 'node:fs';

/** Where Debian's packages put the drivers that compute with the processor what a graphics processor would. */
const drivers = {
  /** Mesa's: float16, and bindings of up to 128 MiB. */
  lavapipe: '/usr/share/vulkan/icd.d/lvp_icd.json',
  /** That of Debian's chromium: bindings of up to 1 GiB, no float16. */
  swiftshader: '/usr/lib/chromium/vk_swiftshader_icd.json',
};

/**
 * Has this process compute on a graphics processor in software, from the next start of the backend on.
 *
 * @returns whether the driver is installed
 */
export function softwareVulkan(driver: keyof typeof drivers): boolean {
  const file = drivers[driver];
  process.env.VK_ICD_FILENAMES = file;
  return existsSync(file);
}
