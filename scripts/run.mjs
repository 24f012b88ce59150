// The commands of the root package.json. Each sets the workspace up first, so a fresh clone needs nothing but Node.
//   npm start [-- --seed 3]             the demo            npm test [-- kto]    checks, then the tests that match
//   npm run archangel -- train --help   the app itself      npm run test:slow    the tests that take minutes
//   npm run bench                       against PyTorch
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './child.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const { pnpm, SetupError, setUp } = await import('./setup.mjs');

const checks = ['build', 'check:types', 'check:package', 'check:style', 'check:unused'];

const commands = {
  start: (args) => archangel(['demo', ...args]),
  archangel,
  bench: (args) => source('bench/src/main.ts', args),
  async 'test:slow'(args) {
    const built = await turbo(['build']);
    return vitest(['--mode', 'slow', ...args], { built: built === 0 });
  },
  async test(args) {
    const checked = await turbo(checks);
    const tested = await vitest(args, { built: checked === 0 });
    if (checked !== 0) console.error('\nThe tests ran, but a check before them failed: see above.');
    return checked || tested;
  },
};

function archangel(args) {
  return source('apps/archangel/src/main.ts', args);
}

/** Runs a program from its sources. */
async function source(file, args) {
  const options = ['--conditions=@halokit/source', '--import', 'tsx'];
  return (await run(process.execPath, [...options, file, ...args])).code;
}

/** @param built packages and app are, of the sources as they are: tests that start the app often start what was built, which is quick */
async function vitest(args, { built }) {
  process.env.HALOKIT_BUILT = built ? '1' : '';
  return (await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args])).code;
}

/** Every check runs, whichever fails; unchanged ones come from turbo's cache. */
async function turbo(tasks) {
  const options = ['--continue=dependencies-successful', '--output-logs=errors-only', '--log-order=grouped'];
  return (await run('npx', [...pnpm, 'exec', 'turbo', 'run', ...tasks, ...options])).code;
}

const [name, ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (!command) throw new SetupError(`Unknown command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
  await setUp();
  process.exitCode = await command(args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
