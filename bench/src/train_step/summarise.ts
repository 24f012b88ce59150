import type { OperatorTime, Statistics } from '@halokit/tfjs-backend-onnxruntime';
import { median, ratioByRound, type Summary, summary } from '../statistics';
import type { Round } from './measure_shape';
import { type Run, seconds } from './run_program';
import { type Shape, tokensPerStep, usefulFlops } from './shape';

/** What one program's runs come to. */
export interface ProgramSummary {
  /** Over the timed steps of all rounds. */
  readonly secondsPerStep: Summary;
  readonly tokensPerSecond: number;
  /** Of useful arithmetic: 10^9 operations a second. */
  readonly gigaflops: number;
  /** The most of any run. */
  readonly peakBytes: number;
}

/** What building the graphs costs us. */
export interface Recording {
  readonly secondsPerStep: Summary;
  /** Share of the step's time, 0 to 1: the median over steps. */
  readonly share: number;
  /** How much longer the first step takes than the later ones: mostly compiling, and memory's first touch. */
  readonly firstStepExtra: Summary;
  readonly engine?: Statistics;
}

export interface PeerSummary extends ProgramSummary {
  readonly name: string;
  /** PyTorch's time by ours: above 1, ours is faster. */
  readonly ratio: Summary;
}

export interface ShapeSummary {
  readonly ours: ProgramSummary;
  readonly peers: readonly PeerSummary[];
  readonly recording: Recording;
  /** Where the time of one of our steps goes, the longest first. */
  readonly profile?: readonly OperatorTime[];
  /** The most that other programs took of the processor during any run, 0 to 1. */
  readonly othersShare: number;
}

/** The figures of a report, of all rounds on one shape. */
export function summarise(shape: Shape, rounds: readonly Round[], peerNames: readonly string[]): ShapeSummary {
  const ours = rounds.map((round) => round.ours);
  const profile = ours.at(-1)?.end.profile;
  const peers = peerNames.map((name, i) => ({ name, runs: rounds.map((round) => round.peers[i] as Run) }));
  return {
    ours: summariseProgram(shape, ours),
    recording: summariseRecording(ours),
    ...(profile && { profile }),
    othersShare: Math.max(...[...ours, ...peers.flatMap(({ runs }) => runs)].map((run) => run.othersShare)),
    peers: peers.map(({ name, runs }) => ({
      name,
      ...summariseProgram(shape, runs),
      ratio: ratioByRound(ours.map(seconds), runs.map(seconds)),
    })),
  };
}

function summariseProgram(shape: Shape, runs: readonly Run[]): ProgramSummary {
  const secondsPerStep = summary(runs.flatMap(seconds));
  return {
    secondsPerStep,
    tokensPerSecond: tokensPerStep(shape) / secondsPerStep.median,
    gigaflops: usefulFlops(shape) / secondsPerStep.median / 1e9,
    peakBytes: Math.max(...runs.map(({ end }) => end.peakBytes)),
  };
}

function summariseRecording(runs: readonly Run[]): Recording {
  const steps = runs.flatMap(({ timed }) => timed);
  const recorded = steps.map(({ recordSeconds = 0 }) => recordSeconds);
  const extra = runs.map((run) => (run.warmUp[0]?.seconds ?? Number.NaN) - median(seconds(run)));
  const engine = runs.at(-1)?.end.engine;
  return {
    secondsPerStep: summary(recorded),
    share: median(steps.map((step) => (step.recordSeconds ?? 0) / step.seconds)),
    firstStepExtra: summary(extra),
    ...(engine && { engine }),
  };
}
