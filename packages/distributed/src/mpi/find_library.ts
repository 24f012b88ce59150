import { MpiSetupError } from '../errors';
import type { Environment, Family, Launcher } from './launcher';

/** An MPI library and where it lies. */
export interface Found {
  /** A path, or a name that the system's loader knows. */
  readonly path: string;
  readonly family: Family;
  /** As it says itself: `Open MPI v4.1.4`, say. */
  readonly version: string;
}

/** What a machine holds; a test has its own. */
export interface Look {
  /** The path without links; undefined where there is no such file. */
  resolve(path: string): string | undefined;
  /** Undefined where the path or name is no MPI library of this processor. */
  identify(path: string): Omit<Found, 'path'> | undefined;
}

/** By their interface: both kinds are at version 12 or 40 since 2015 and 2017. */
const fileNames: Readonly<Record<string, Readonly<Record<Family, readonly string[]>>>> = {
  linux: {
    'Open MPI': ['libmpi.so.40', 'libmpi.so'],
    MPICH: ['libmpich.so.12', 'libmpi.so.12', 'libmpi_cray.so.12', 'libmpi.so'],
  },
  darwin: {
    'Open MPI': ['libmpi.40.dylib', 'libmpi.dylib'],
    MPICH: ['libmpi.12.dylib', 'libmpi.dylib'],
  },
};

const install = 'Debian and Ubuntu: apt-get install openmpi-bin, or mpich; a cluster: module load openmpi, or mpich';

/**
 * The library to load: the one named by hand, else the first of the launcher's kind, else the only kind that there is.
 *
 * Looked through, in this order: `LD_LIBRARY_PATH`, `MPI_HOME`, `I_MPI_ROOT`, beside the `mpirun` or `mpiexec` in `PATH`, where
 * systems install libraries, and what the system's loader finds by name.
 *
 * @throws MpiSetupError where there is none, where nothing decides between two kinds, or where the one named does not fit the
 *   launcher
 */
export function findLibrary(
  look: Look,
  { environment, launcher, library, platform }: Wanted & { environment: Environment; platform: string },
): Found {
  if (library !== undefined) return named(look, library, launcher);
  const names = fileNames[platform];
  if (!names) throw new MpiSetupError(`MPI is looked for on Linux and macOS only, and this is ${platform}.`);
  const folders = foldersOf(look, environment, platform);
  const kinds: readonly Family[] = launcher?.family ? [launcher.family] : ['Open MPI', 'MPICH'];
  const found = kinds.flatMap((family) => firstOf(look, folders, names[family], family) ?? []);
  const [first, second] = found;
  if (first && second) {
    const both = found.map(({ path, version }) => `${path} (${version})`).join(' and ');
    const by = launcher ? `${launcher.name} goes with either` : 'no launcher says which';
    throw new MpiSetupError(
      `There are two MPI libraries, ${both}, and ${by}: name the one that the ranks are to use by its path.`,
    );
  }
  if (first) return first;
  const searched = [...new Set(kinds.flatMap((family) => names[family]))].join(', ');
  const wanted = launcher?.family ? ` of ${launcher.family}, which ${launcher.name} goes with,` : '';
  throw new MpiSetupError(
    `No MPI library${wanted} was found. Looked for ${searched} in ${folders.join(', ')}, and by name. Install one (${install}), ` +
      'or name its path.',
  );
}

interface Wanted {
  readonly launcher?: Launcher;
  /** A path, or a name that the system's loader knows. */
  readonly library?: string;
}

function named(look: Look, path: string, launcher: Launcher | undefined): Found {
  const found = look.identify(path);
  if (!found) throw new MpiSetupError(`${path} is no MPI library that can be loaded here.`);
  if (launcher?.family && launcher.family !== found.family) {
    throw new MpiSetupError(
      `${path} is ${found.version}, and this process was started by ${launcher.name}, which goes with ${launcher.family}. Name a ` +
        `library of ${launcher.family}, or start with the launcher of ${found.family}.`,
    );
  }
  return { path, ...found };
}

function firstOf(look: Look, folders: readonly string[], names: readonly string[], family: Family): Found | undefined {
  const files = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
  const paths = new Set(files.flatMap((file) => look.resolve(file) ?? []));
  for (const path of [...paths, ...names]) {
    const found = look.identify(path);
    if (found?.family === family) return { path, ...found };
  }
  return undefined;
}

function foldersOf(look: Look, environment: Environment, platform: string): string[] {
  const list = (name: string) => (environment[name] ?? '').split(':').filter((folder) => folder !== '');
  const beside = list('PATH').flatMap((folder) =>
    ['mpirun', 'mpiexec'].flatMap((program) => {
      const path = look.resolve(`${folder}/${program}`);
      const prefix = path?.split('/').slice(0, -2).join('/');
      return prefix === undefined ? [] : [`${prefix}/lib`, `${prefix}/lib64`];
    }),
  );
  const folders = [
    ...list('LD_LIBRARY_PATH'),
    ...list('DYLD_LIBRARY_PATH'),
    ...list('MPI_HOME').map((home) => `${home}/lib`),
    ...list('I_MPI_ROOT').flatMap((root) => [`${root}/lib`, `${root}/lib/release`]),
    ...beside,
    ...(systemFolders[platform] ?? []),
  ];
  return [...new Set(folders)];
}

const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triplet) => `/usr/lib/${triplet}`);

const systemFolders: Readonly<Record<string, readonly string[]>> = {
  linux: ['/usr/local/lib', ...triplets, '/usr/lib64', '/usr/lib', '/usr/lib64/openmpi/lib', '/usr/lib64/mpich/lib'],
  darwin: ['/opt/homebrew/lib', '/usr/local/lib'],
};
