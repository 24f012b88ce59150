import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';

/** The oldest ONNX Runtime whose operators are those that the kernels were held against. */
const oldest = [1, 30] as const;

const fileNames: Readonly<Record<string, string>> = {
  darwin: 'libonnxruntime.1.dylib',
  linux: 'libonnxruntime.so.1',
  win32: 'onnxruntime.dll',
};

/** ONNX Runtime cannot be used here: the platform has no library, or it is not installed, or it is too old. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

/**
 * Loads the shared library that ships inside `onnxruntime-node`: Linux and Windows on x64 and arm64, macOS on arm64.
 * Whoever holds the result holds the library: once it is collected, the code under every function is unmapped.
 *
 * @throws UnavailableError where there is none
 */
export function loadLibrary(platform: string = process.platform, arch: string = process.arch): LibraryHandle {
  const file = join(packageFolder(), 'bin', 'napi-v6', platform, arch, fileNames[platform] ?? '');
  if (!fileNames[platform] || !existsSync(file)) {
    throw new UnavailableError(
      `onnxruntime-node ships no library for ${platform} on ${arch}: take another backend, wasm for one.`,
    );
  }
  enlargeStacks();
  withoutTelemetry();
  try {
    return koffi.load(file);
  } catch (error) {
    throw new UnavailableError(`The ONNX Runtime library did not load: ${(error as Error).message}`);
  }
}

/**
 * ONNX Runtime collects telemetry from 1.30 on, in a database of its own under the home folder, unless its environment says
 * otherwise when it starts. Nobody who trains on feedback has asked for that.
 */
function withoutTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}

/**
 * The thread that calls ONNX Runtime computes too, on a stack that koffi makes 128 KiB small unless told otherwise, before any
 * library is loaded.
 *
 * @throws UnavailableError where one has been
 */
export function enlargeStacks(): void {
  const wanted = 8 << 20;
  const { sync_stack_size: sync = 0, async_stack_size: async = 0 } = koffi.config();
  if (Math.min(sync, async) >= wanted) return;
  try {
    koffi.config({ sync_stack_size: Math.max(sync, wanted), async_stack_size: Math.max(async, wanted) });
  } catch {
    throw new UnavailableError(
      'Another package loaded a library through koffi first, and its stacks are now too small for ONNX Runtime: ' +
        'import @halokit/tfjs-backend-onnxruntime before that package.',
    );
  }
}

/** @throws UnavailableError when `version`, as the library itself says it, is too old */
export function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === oldest[0] && minor >= oldest[1]) return;
  throw new UnavailableError(
    `ONNX Runtime ${version} was found, and ${oldest.join('.')} or a later 1.x is needed: update onnxruntime-node.`,
  );
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  } catch {
    throw new UnavailableError('onnxruntime-node is not installed: npm install onnxruntime-node.');
  }
}
