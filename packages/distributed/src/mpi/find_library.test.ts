import { describe, expect, test } from 'vitest';
import { findLibrary, type Look } from './find_library';
import type { Launcher } from './launcher';

const open = { family: 'Open MPI', version: 'Open MPI v4.1.4' } as const;
const mpich = { family: 'MPICH', version: 'MPICH 4.0.2' } as const;
const debian = {
  '/usr/lib/x86_64-linux-gnu/libmpi.so.40': open,
  '/usr/lib/x86_64-linux-gnu/libmpich.so.12': mpich,
} as const;
const byOpenMpi: Launcher = { name: "Open MPI's mpirun", family: 'Open MPI', rank: 0, size: 2 };
const byHydra: Launcher = { name: "MPICH's mpiexec", family: 'MPICH', rank: 0, size: 2 };
const bySrun: Launcher = { name: 'srun', rank: 0, size: 2 };

interface Machine {
  readonly files: Readonly<Record<string, typeof open | typeof mpich | undefined>>;
  readonly links?: Readonly<Record<string, string>>;
}

function look({ files, links = {} }: Machine): Look {
  return {
    resolve: (path) => links[path] ?? (Object.hasOwn(files, path) ? path : undefined),
    identify: (path) => files[path],
  };
}

function find(
  machine: Machine,
  launcher?: Launcher,
  options: { library?: string; environment?: Record<string, string> } = {},
) {
  return findLibrary(look(machine), { environment: {}, platform: 'linux', launcher, ...options });
}

describe('the launcher decides', () => {
  test('between two', () => {
    expect(find({ files: debian }, byOpenMpi)).toEqual({ path: '/usr/lib/x86_64-linux-gnu/libmpi.so.40', ...open });
    expect(find({ files: debian }, byHydra)).toEqual({ path: '/usr/lib/x86_64-linux-gnu/libmpich.so.12', ...mpich });
  });

  test('against a library of its own family that there is not', () => {
    const files = { '/usr/lib64/libmpi.so.40': open };
    expect(() => find({ files }, byHydra)).toThrow(
      /^No MPI library of MPICH, which MPICH's mpiexec goes with, was found\. Looked for libmpich\.so\.12, libmpi\.so\.12, .*\/usr\/lib64.*apt-get install/,
    );
  });

  test('by what a library says, whatever its name', () => {
    const files = { '/a/libmpi.so.12': open, '/b/libmpi.so.12': mpich };
    const environment = { LD_LIBRARY_PATH: '/a:/b' };
    expect(find({ files }, byHydra, { environment }).path).toBe('/b/libmpi.so.12');
  });

  test('against one named by hand', () => {
    const library = '/usr/lib/x86_64-linux-gnu/libmpich.so.12';
    expect(() => find({ files: debian }, byOpenMpi, { library })).toThrow(
      `${library} is MPICH 4.0.2, and this process was started by Open MPI's mpirun, which goes with Open MPI.`,
    );
  });
});

describe('where the launcher does not', () => {
  test('the only one is taken', () => {
    const files = { '/usr/lib/libmpi.so.12': mpich };
    expect(find({ files }, bySrun).path).toBe('/usr/lib/libmpi.so.12');
    expect(find({ files }).path).toBe('/usr/lib/libmpi.so.12');
  });

  test('two are refused, with both paths', () => {
    const both =
      /two MPI libraries, \/usr\/lib\/x86_64-linux-gnu\/libmpi\.so\.40 \(Open MPI v4\.1\.4\) and .*libmpich\.so\.12 \(MPICH 4\.0\.2\)/;
    expect(() => find({ files: debian }, bySrun)).toThrow(both);
    expect(() => find({ files: debian }, bySrun)).toThrow('srun goes with either: name the one');
    expect(() => find({ files: debian })).toThrow('no launcher says which');
  });

  test('one named by hand is taken', () => {
    const library = '/usr/lib/x86_64-linux-gnu/libmpich.so.12';
    expect(find({ files: debian }, bySrun, { library })).toEqual({ path: library, ...mpich });
  });
});

describe('looked through are', () => {
  const files = {
    '/module/lib/libmpi.so.40': open,
    '/opt/mpi/lib/libmpi.so.40': open,
    '/usr/lib/libmpi.so.40': open,
    'libmpi.so.40': open,
  };
  const links = { '/opt/mpi/bin/mpirun': '/opt/mpi/bin/orterun' };

  test('LD_LIBRARY_PATH, then beside mpirun, then the system, then the loader', () => {
    const place = (environment: Record<string, string>, machine: Machine = { files, links }) =>
      find(machine, byOpenMpi, { environment }).path;
    expect(place({ LD_LIBRARY_PATH: '/none:/module/lib', PATH: '/bin:/opt/mpi/bin' })).toBe('/module/lib/libmpi.so.40');
    expect(place({ PATH: '/bin:/opt/mpi/bin' })).toBe('/opt/mpi/lib/libmpi.so.40');
    expect(place({})).toBe('/usr/lib/libmpi.so.40');
    expect(place({}, { files: { 'libmpi.so.40': open } })).toBe('libmpi.so.40');
  });

  test('not what is no MPI library, nor Windows', () => {
    expect(() => find({ files: { '/usr/lib/libmpi.so.40': undefined } })).toThrow('No MPI library was found');
    expect(() => find({ files }, undefined, { library: '/etc/passwd' })).toThrow('/etc/passwd is no MPI library');
    expect(() => findLibrary(look({ files }), { environment: {}, platform: 'win32' })).toThrow('this is win32');
  });
});
