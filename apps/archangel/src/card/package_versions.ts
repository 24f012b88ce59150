import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const built = [
  '@halokit/losses',
  '@halokit/data',
  '@halokit/models',
  '@halokit/trainer',
  '@halokit/evaluation',
  '@halokit/tfjs-backend-onnxruntime',
  '@tensorflow/tfjs-core',
];

/** The version of each package that a run is built on, as this program finds them. */
export function packageVersions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  // Not by `require.resolve`: a manifest is not among what a package exports.
  const manifests = built.flatMap((name) => {
    const places = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name, 'package.json'));
    return places.find((place) => existsSync(place)) ?? [];
  });
  return Object.fromEntries(
    manifests.map((file) => {
      const { name, version }: { name: string; version: string } = JSON.parse(readFileSync(file, 'utf8'));
      return [name, version];
    }),
  );
}
