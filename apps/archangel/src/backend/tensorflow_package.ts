import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, relative } from 'node:path';
import { quoted } from '../terminal/command_line';
import { loadFailure } from './load_failure';
import { NotLoadedError } from './not_loaded';
import { withOldUtil } from './old_util';
import { otherCore } from './one_core';

/** TensorFlow's own backends for Node, the one that can use a GPU first. */
export const tensorflowPackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export type TensorflowPackage = (typeof tensorflowPackages)[number];

/** The version that this app's TensorFlow.js goes with. */
const tensorflowVersion = '4.22.0';

/** Where a package lies. */
interface Place {
  /** With no links in its path. */
  readonly folder: string;
  /** The command that gets its native library. */
  readonly install: string;
}

/**
 * Where a package lies, when it has all that loading it takes. Loads nothing.
 *
 * @param from the file that asks for it
 * @throws NotLoadedError that says what is missing
 */
export function findTensorflow(name: TensorflowPackage, from: string): Place {
  const require = createRequire(from);
  const place = placeOf(name, require);
  if (place === undefined) throw new NotLoadedError('is not installed', `npm install ${name}@${tensorflowVersion}`);
  // By hand: pnpm blocks it, as does npm with --ignore-scripts.
  const install = `npm --prefix ${quoted(nearest(place))} run install`;
  if (!hasLibrary(place)) {
    const reason = 'is installed, but its native library is missing, because its install script was blocked or failed';
    throw new NotLoadedError(reason, install);
  }
  requireOneCore(name, require, install);
  return { folder: realpathSync(place), install };
}

/**
 * Loads a package, which registers its kernels and the backend `tensorflow`.
 *
 * @throws NotLoadedError that says why it did not
 */
export function loadTensorflow(name: TensorflowPackage, from: string): void {
  const { folder, install } = findTensorflow(name, from);
  try {
    withOldUtil(folder, () => createRequire(from)(name));
  } catch (error) {
    throw loadFailure(error, install);
  }
}

/** Where it was put, which may be a link. */
function placeOf(name: TensorflowPackage, require: NodeJS.Require): string | undefined {
  const places = (require.resolve.paths(name) ?? []).map((modules) => join(modules, name));
  return places.find((place) => existsSync(join(place, 'package.json')));
}

/** A path as it is shorter to type from here. */
function nearest(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') || isAbsolute(below) ? path : below;
}

/** Whether there is a library for any version of Node's interface. The package chooses among them. */
function hasLibrary(folder: string): boolean {
  const lib = join(folder, 'lib');
  return existsSync(lib) && readdirSync(lib).some((version) => existsSync(join(lib, version, 'tfjs_binding.node')));
}

function requireOneCore(name: TensorflowPackage, require: NodeJS.Require, install: string): void {
  let other: ReturnType<typeof otherCore>;
  try {
    other = otherCore(require.resolve(name));
  } catch (error) {
    throw loadFailure(error, install);
  }
  if (!other) return;
  throw new NotLoadedError(
    `uses another copy of TensorFlow.js, ${other.theirs}, than this program, ${other.ours}`,
    `Install the version that goes with it: npm install ${name}@${tensorflowVersion}`,
  );
}
