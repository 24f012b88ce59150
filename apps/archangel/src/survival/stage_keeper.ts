import type { TrainState } from '@halokit/trainer';
import type { SavedTraining, Training } from '@halokit/trainer/node';
import { latestTraining, type MetricsFile, saveTraining } from '@halokit/trainer/node';
import { consola } from 'consola';
import { InputError } from '../input_error';
import { agreed } from '../ranks/agreed';
import { onFirstRank } from '../ranks/decide';
import { currentRanks } from '../ranks/ranks';
import { explain, isOfSystem } from '../terminal/errors';
import { sayBeside } from '../terminal/progress';
import { Interrupted } from './interrupted';
import type { RunKeeper } from './run_keeper';

/** Milliseconds between two checkpoints, where no number of updates was given. */
const often = 600_000;

/** Policy, optimiser, loss and plan of a stage. */
export type StageTraining = Pick<Training, 'policy' | 'optimizer' | 'loss' | 'plan'>;

/** Saves a stage on its way, and finds where it was. Of several ranks every one has its own, and all call it after the same steps. */
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
    await saved?.restore(this.training);
    this.savedStep = saved?.state.step ?? 0;
    this.stand(this.savedStep);
    if (!saved) return undefined;
    console.log(`${this.label} goes on after step ${saved.state.step} of ${this.training.plan.steps.length}.`);
    return saved;
  }

  /** Saves where it is time to. A disk that is full, or fails otherwise, is said, and the run goes on. */
  async afterStep(state: TrainState, metrics: MetricsFile): Promise<void> {
    if (currentRanks().first) await this.run.requireFolder(state.step);
    const { saveEvery } = this.run.options;
    const due = saveEvery ? state.step % saveEvery === 0 : await onFirstRank(performance.now() - this.savedAt >= often);
    this.stand(state.step);
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
    const { communicator } = currentRanks();
    const { keep } = this.run.options;
    const metricsBytes = await agreed(() => metrics.sync());
    const saving = saveTraining(this.folder, { ...this.training, state, metricsBytes, keep, communicator });
    const failure = await saving.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // The first rank alone writes, and all go on from what became of it.
    await agreed(() => {
      if (failure) throw failure.error;
      // What it has written is there, should the others be heard of no more.
      if (currentRanks().first) this.saved(state.step);
    });
    this.saved(state.step);
  }

  private saved(step: number): void {
    this.savedStep = step;
    this.savedAt = performance.now();
    this.stand(step);
  }

  /** Where the stage is, for whoever tells of the end of this rank. */
  private stand(step: number): void {
    const { length } = this.training.plan.steps;
    const where =
      step < length ? `in step ${step + 1} of ${length} of ${this.label}` : `after the last step of ${this.label}`;
    currentRanks().job?.stand(`${where}. ${this.lastGood} Go on with: ${this.run.goOn}`);
  }

  private get lastGood(): string {
    return this.savedStep === 0 ? 'Nothing is saved yet.' : `What is saved is step ${this.savedStep}.`;
  }
}
