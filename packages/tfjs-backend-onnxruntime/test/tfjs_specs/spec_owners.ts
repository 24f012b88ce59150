import type { Env, Node } from 'jasmine-core';

export type Loaders = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Imports spec files in this order and tells which suites and specs each one added. Names cannot tell: some thirty files
 * repeat some of each other's.
 *
 * @returns the file of each suite and spec, by the id that jasmine gave it
 */
export async function loadSpecs(
  env: Env,
  files: readonly string[],
  loaders: Loaders,
  onError: (file: string, error: unknown) => void,
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for (const file of files) {
    try {
      await loaders[file]?.();
    } catch (error) {
      onError(file, error);
    }
    for (const node of env.topSuite().children ?? []) if (!owners.has(node.id)) claim(node, file, owners);
  }
  return owners;
}

function claim(node: Node, file: string, owners: Map<string, string>): void {
  owners.set(node.id, file);
  for (const child of node.children ?? []) claim(child, file, owners);
}
