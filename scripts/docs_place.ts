// Where the documents' commands run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runCommand } from './docs_commands';
import { type DocsHub, docsHub } from './docs_hub';
import { checkpointOf, copyOf, docsSetting } from './docs_setting';

const folders: string[] = [];
let place: Promise<{ setting: string; hub: DocsHub }> | undefined;

/** Made by the first command that needs it: commands run only within a test. */
function thePlace(): NonNullable<typeof place> {
  place ??= docsSetting().then(async (setting) => {
    folders.push(setting);
    return { setting, hub: await docsHub(checkpointOf(setting)) };
  });
  return place;
}

afterAll(async () => {
  await (await place)?.hub.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  folders.push(folder);
  return folder;
}

/** Runs a line in a folder, with the hub on this machine. */
export async function runIn(folder: string, line: string): Promise<string> {
  const { hub } = await thePlace();
  return runCommand(line, folder, hub.endpoint);
}

/** Runs a line in a copy of the documents' setting. */
export async function runInPlace(line: string): Promise<string> {
  const { setting } = await thePlace();
  const folder = copyOf(setting);
  folders.push(folder);
  return runIn(folder, line);
}
