// Runs spec files of TensorFlow.js against a backend and prints what came of it. See `usage`.
import { parseArgs } from 'node:util';
import { driverVariables } from '../software_vulkan';
import { claimedFiles } from './claimed';
import { excludedSpecs } from './exclusions';
import { heldCounts, holdCounts } from './held_counts';
import { runReport } from './report';
import { type RunResult, runSpecFiles } from './run';
import { allSpecFiles } from './spec_files';
import { countsOf, filesWithoutSpecs } from './summary';

const usage = `node --conditions=@halokit/source --import tsx test/tfjs_specs/main.ts [options]
  --backend NAME   onnxruntime (by itself), webgpu (on Mesa's processor in software) or cpu: a module in backends/
  --only FILES     these spec files instead of the claimed ones: ops/add,sub,...
  --all            every spec file that tfjs-core ships
  --unfiltered     excluded specs too: an exclusion whose specs pass can go
  --verbose        passed files too, and every message of a failed spec
  --update         hold the counts of this run in counts.json`;

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'onnxruntime' },
    only: { type: 'string' },
    all: { type: 'boolean', default: false },
    unfiltered: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await main();

async function main(): Promise<void> {
  const result = await runSpecFiles({
    backend: values.backend,
    files: filesToRun(),
    excluded: values.unfiltered ? {} : excludedSpecs(values.backend),
    env: values.backend === 'webgpu' ? driverVariables('lavapipe') : {},
  });
  console.log(runReport(result, values.verbose));
  if (values.update) update(result);
  const { passed, failed } = countsOf(result);
  if (passed === 0 || failed > 0 || isBroken(result)) process.exitCode = 1;
}

function filesToRun(): readonly string[] {
  const all = allSpecFiles();
  if (values.all) return all;
  if (values.only === undefined) return claimedFiles;
  return values.only.split(',').flatMap((name) => {
    const found = all.filter((file) => file === name || file.endsWith(`/${name}`));
    if (found.length === 0) throw new Error(`tfjs-core has no spec file ${name}.`);
    return found;
  });
}

/** Counts are held only of a complete run: what is missing from another would be missing in silence from then on. */
function update(result: RunResult): void {
  const isWhole = heldCounts(values.backend) && filesToRun() === claimedFiles && !values.unfiltered;
  if (!isWhole || isBroken(result))
    throw new Error('Not held: --update takes a run of the claimed files on onnxruntime or webgpu, without a crash.');
  holdCounts(values.backend, countsOf(result));
}

function isBroken(result: RunResult): boolean {
  const { crashes, loadErrors, suiteErrors } = result;
  const isPartial = !values.all && filesWithoutSpecs(result).length > 0;
  return crashes.length + loadErrors.length + suiteErrors.length > 0 || isPartial;
}
