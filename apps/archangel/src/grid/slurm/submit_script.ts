import { quoted } from '../../terminal/command_line';
import type { Grid } from '../grid';
import type { Submission } from './submission';

/** A shell script that submits what "archangel grid run --on slurm" submits, to read or to run by hand. */
export function submitScript({ name }: Pick<Grid, 'name'>, submissions: readonly Submission[]): string {
  const variable = new Map(submissions.map(({ array }, i) => [array.name, `array_${i + 1}`]));
  const lines = submissions.map(({ array, script, after, afterQueued }) => {
    // sbatch says 12, or 12;cluster where there are several.
    const ids = [...after.map((name) => `\${${variable.get(name)}%%;*}`), ...afterQueued];
    const dependency = ids.length === 0 ? '' : ` --dependency="afterany:${ids.join(':')}"`;
    return `${variable.get(array.name)}=$(sbatch --parsable${dependency} ${quoted(script)})`;
  });
  return `#!/bin/sh
# Submits what is left of the grid "${name}" to Slurm. Each array waits until those before it have ended.
set -eu
${lines.join('\n')}
echo "Submitted: ${[...variable.values()].map((name) => `$${name}`).join(' ')}"
`;
}
