import koffi, { type LibraryHandle } from 'koffi';
import { enlargeStacks } from '../binding/library';
import type { Adapter } from './adapter';

// The few calls and structures of Vulkan's C API that say what graphics processors there are.
// Source: Khronos, the Vulkan Specification, core 1.1 and VK_KHR_shader_float16_int8.

const pointer = 'uintptr_t';
const structureTypes = { applicationInfo: 0, instanceCreateInfo: 1, features2: 1000059000, float16Int8: 1000082000 };
const apiVersion11 = (1 << 22) | (1 << 12);

/** Kinds of devices, by their numbers. */
const kinds = ['other', 'integrated', 'discrete', 'virtual', 'software'] as const;

const properties = { size: 1024, kind: 16, name: 20, nameLength: 256, maxStorageBufferRange: 296 + 28 };
const memory = { size: 1024, heapCount: 260, heaps: 264, heapSize: 16, deviceLocal: 1 };
const features2 = { size: 16 + 224 };
const float16Features = { size: 24, float16: 16 };

/** Graphics processors that have a driver for Vulkan, or none where there is no Vulkan. */
export function vulkanAdapters(): Adapter[] {
  const library = loadVulkan();
  if (!library) return [];
  const call = (name: string, result: string, ...types: string[]) => library.func(name, result, types);
  const createInstance = call('vkCreateInstance', 'int', pointer, pointer, pointer);
  const destroyInstance = call('vkDestroyInstance', 'void', pointer, pointer);
  const enumerate = call('vkEnumeratePhysicalDevices', 'int', pointer, pointer, pointer);
  const getProperties = call('vkGetPhysicalDeviceProperties', 'void', pointer, pointer);
  const getMemory = call('vkGetPhysicalDeviceMemoryProperties', 'void', pointer, pointer);
  const getFeatures = call('vkGetPhysicalDeviceFeatures2', 'void', pointer, pointer);

  const application = struct(48, { 0: structureTypes.applicationInfo, 44: apiVersion11 });
  const request = struct(64, { 0: structureTypes.instanceCreateInfo });
  request.setBigUint64(24, koffi.address(application.buffer), true);
  const made = new BigUint64Array(16);
  if (createInstance(koffi.address(request.buffer), 0n, koffi.address(made.buffer)) !== 0) return [];
  const [instance = 0n] = made;
  try {
    const count = struct(64, { 0: 16 });
    const handles = new BigUint64Array(16);
    if (enumerate(instance, koffi.address(count.buffer), koffi.address(handles.buffer)) < 0) return [];
    return Array.from(handles.subarray(0, count.getUint32(0, true)), (device) => {
      const [own, heaps] = [struct(properties.size), struct(memory.size)];
      getProperties(device, koffi.address(own.buffer));
      getMemory(device, koffi.address(heaps.buffer));
      const half = struct(float16Features.size, { 0: structureTypes.float16Int8 });
      const features = struct(features2.size, { 0: structureTypes.features2 });
      features.setBigUint64(8, koffi.address(half.buffer), true);
      getFeatures(device, koffi.address(features.buffer));
      return {
        name: text(own, properties.name, properties.nameLength),
        kind: kinds[own.getUint32(properties.kind, true)] ?? 'other',
        memoryBytes: deviceLocal(heaps),
        largestBinding: own.getUint32(properties.maxStorageBufferRange, true),
        float16: half.getUint32(float16Features.float16, true) === 1,
      };
    });
  } finally {
    destroyInstance(instance, 0n);
  }
}

function loadVulkan(): LibraryHandle | undefined {
  const names = { linux: 'libvulkan.so.1', win32: 'vulkan-1.dll' } as Partial<Record<NodeJS.Platform, string>>;
  const name = names[process.platform];
  if (!name) return undefined;
  enlargeStacks();
  try {
    return koffi.load(name);
  } catch {
    return undefined;
  }
}

/** Zeros, but for some numbers of 32 bits at their offsets. */
function struct(bytes: number, numbers: Readonly<Record<number, number>> = {}): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(bytes));
  for (const [offset, x] of Object.entries(numbers)) view.setUint32(Number(offset), x, true);
  return view;
}

function text(view: DataView, offset: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, offset, length);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** The largest heap that belongs to the device. */
function deviceLocal(view: DataView): number {
  const heaps = Array.from({ length: view.getUint32(memory.heapCount, true) }, (_, i) => {
    const at = memory.heaps + i * memory.heapSize;
    const local = (view.getUint32(at + 8, true) & memory.deviceLocal) !== 0;
    return local ? Number(view.getBigUint64(at, true)) : 0;
  });
  return Math.max(0, ...heaps);
}
