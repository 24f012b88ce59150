import { level } from '../../significance';
import type { GridResults } from '../results/grid_results';
import { claimsOf, type PaperClaim } from './paper_claims';
import { type RunTest, runTests } from './run_tests';
import type { Section } from './section';
import { heldOutSection } from './sections/held_out_section';
import { ktoDpoSection } from './sections/kto_dpo_section';
import { lengthsSection } from './sections/lengths_section';
import { methodsSection } from './sections/methods_section';
import { setsSection } from './sections/sets_section';
import { sweepSection } from './sections/sweep_section';
import { summaryOf } from './test_words';
import { whatItIs } from './what_it_is';

/** Everything that a grid's report says, as plain data. */
export interface GridReport {
  readonly title: string;
  /** What was run, and what can therefore not be concluded. */
  readonly about: readonly string[];
  readonly summary: readonly string[];
  readonly claims: readonly PaperClaim[];
  /** Claims that this grid's cells say nothing of. */
  readonly notAsked: readonly string[];
  /** Claims that no grid can say anything of. */
  readonly analytic: string;
  readonly sections: readonly Section[];
  /** Parts for which there are no cells. */
  readonly without: readonly string[];
  readonly tests: readonly RunTest[];
  readonly settings: GridResults['settings'];
  readonly missing: readonly string[];
}

const analytic =
  'That KTO’s gradient vanishes at extreme rewards, and that a response liked once and disliked once leaves its mean loss at one half, is arithmetic, which the tests of @halokit/losses hold.';

/** Makes the report of a grid from its results, and from nothing else. */
export function gridReport(results: GridResults): GridReport {
  const tests = runTests(results);
  const sections = [
    methodsSection(results, tests),
    ktoDpoSection(results, tests),
    lengthsSection(results, tests),
    ...results.sweeps.map((sweep) => sweepSection(results, sweep, tests)),
    setsSection(results, tests),
    heldOutSection(results),
  ];
  const isEmpty = ({ tables, charts }: Section) => tables.length + charts.length === 0;
  return {
    title: `Grid ${results.grid}`,
    about: whatItIs(results),
    summary: summaryOf(tests, level),
    ...claimsOf(tests),
    analytic,
    sections: sections.filter((section) => !isEmpty(section)),
    without: sections.filter(isEmpty).map(({ title }) => title),
    tests,
    settings: results.settings,
    missing: results.missing,
  };
}
