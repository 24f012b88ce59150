import type { TrainState } from '@halokit/trainer';
import type { SavedTraining, Training } from '@halokit/trainer/node';
import { latestTraining, type MetricsFile, saveTraining } from '@halokit/trainer/node';
import { consola } from 'consola';
import { InputError } from '../input_error';
import { explain, isOfSystem } from '../terminal/errors';
import { sayBeside } from '../terminal/progress';
import { Interrupted } from './interrupted';
import type { RunKeeper } from './run_keeper';

/** Milliseconds between two checkpoints, where no number of updates was given. */
const often = 600_000;

/** Policy, optimiser, loss and plan of a stage. */
export type StageTraining = Pick<Training, 'policy' | 'optimizer' | 'loss' | 'plan'>;

/** Saves a stage on its way, and finds where it was. */
export class StageKeeper {
  private savedStep = 0;
  private savedAt = performance.now();

  constructor(
    private readonly run: RunKeeper,
    private readonly training: StageTraining,
    private readonly label: string,
  ) {}

  private get folder(): string {
    return this.run.checkpoints(this.training.loss.name);
  }

  /** Puts the stage where its newest whole checkpoint was, if there is one, and says so. */
  async restore(): Promise<SavedTraining | undefined> {
    const onDamaged = (path: string, why: string) => consola.warn(`${path}: ${why}. The one before it is taken.`);
    const saved = await latestTraining(this.folder, { ...this.training, onDamaged });
    if (!saved) return undefined;
    await saved.restore(this.training);
    this.savedStep = saved.state.step;
    console.log(`${this.label} goes on after step ${saved.state.step} of ${this.training.plan.steps.length}.`);
    return saved;
  }

  /** Saves where it is time to. A disk that is full, or fails otherwise, is said, and the run goes on. */
  async afterStep(state: TrainState, metrics: MetricsFile): Promise<void> {
    await this.run.requireFolder(state.step);
    const { saveEvery } = this.run.options;
    const due = saveEvery ? state.step % saveEvery === 0 : performance.now() - this.savedAt >= often;
    if (!due) return;
    try {
      await this.save(state, metrics);
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      sayBeside(`  Step ${state.step} could not be saved: ${explain(error)} The run goes on. ${this.lastGood}`);
      this.savedAt = performance.now();
    }
  }

  /** Saves a run that was asked to stop, and ends it with the word how to go on. */
  async interrupt(state: TrainState | undefined, metrics: MetricsFile): Promise<never> {
    if (state && state.step > this.savedStep) {
      await this.save(state, metrics).catch((error) => {
        if (!isOfSystem(error)) throw error;
        const lost = `The steps since are lost. Go on with: ${this.run.goOn}`;
        throw new InputError(`Step ${state.step} could not be saved: ${explain(error)} ${this.lastGood} ${lost}`);
      });
    }
    const { length } = this.training.plan.steps;
    const where =
      this.savedStep > 0 ? `after step ${this.savedStep} of ${length}, which is saved` : 'before its first step';
    throw new Interrupted(`${this.label} has stopped ${where}. Go on with: ${this.run.goOn}`);
  }

  private async save(state: TrainState, metrics: MetricsFile): Promise<void> {
    const metricsBytes = await metrics.sync();
    await saveTraining(this.folder, { ...this.training, state, metricsBytes, keep: this.run.options.keep });
    this.savedStep = state.step;
    this.savedAt = performance.now();
  }

  private get lastGood(): string {
    return this.savedStep === 0 ? 'Nothing is saved yet.' : `What is saved is step ${this.savedStep}.`;
  }
}
