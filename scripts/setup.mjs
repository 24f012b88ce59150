// Brings the workspace to where its commands can run: the right Node, and exactly the locked dependencies.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run } from './child.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const stamp = 'node_modules/.halokit_setup';
const noNetwork =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL|_CERT/;

/** `npx` arguments that run the pinned pnpm, which needs no installation of its own and, once fetched, no network. */
export const pnpm = ['--yes', '--prefer-offline', manifest.packageManager];

/** A problem that the person at the keyboard can solve: its message is all they need to see. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Installs the locked dependencies, unless nothing they depend on has changed since the last time. */
export async function setUp() {
  checkNode(process.versions.node, manifest.engines.node);
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.error(
    `Installing the locked dependencies with ${manifest.packageManager} (a minute or so the first time) ...`,
  );
  rmSync(stamp, { force: true });
  const install = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
  const { code, output } = await run('npx', [...pnpm, ...install], { capture: true });
  if (code !== 0) throw new SetupError(explain(output, code));
  mkdirSync('node_modules', { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Throws if the Node version `have` is below the `>=` range `wanted`. */
export function checkNode(have, wanted) {
  const [major, minor] = have.split('.').map(Number);
  const [minMajor, minMinor] = wanted.replace('>=', '').split('.').map(Number);
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return;
  throw new SetupError(
    `This is Node ${have}, and halokit needs ${wanted}. Install a newer one from https://nodejs.org.`,
  );
}

/** What an installation depends on: the lockfile, every manifest, this Node and this platform. */
function fingerprint() {
  const members = ['packages', 'apps'].flatMap((group) =>
    readdirSync(group).map((name) => `${group}/${name}/package.json`),
  );
  const files = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'bench/package.json',
    ...members.filter((file) => existsSync(file)),
  ];
  const hash = createHash('sha256').update([process.version, process.platform, process.arch].join(' '));
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** One line with the cause and the fix after what the package manager said. */
function explain(output, code) {
  if (noNetwork.test(output)) {
    const fix = 'Check the network, the proxy and its certificate (NODE_EXTRA_CA_CERTS), then try again.';
    return `${output}\nThe npm registry could not be reached, and the first run needs it. ${fix}`;
  }
  if (output.includes('ERR_PNPM_OUTDATED_LOCKFILE')) {
    return `${output}\nA package.json changed but the lockfile did not. Run: npx ${manifest.packageManager} install`;
  }
  return `${output}\nInstalling the dependencies failed (exit code ${code}); the reason is above.`;
}
