import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import type { LossSource } from '../losses/loss_source';
import { configFile } from '../stages/run_folder';
import { requireUnedited, resumeConfig } from '../survival/resume_config';
import { type ResumeRecord, readRecord, requireSameLoss } from '../survival/resume_record';
import { merge, readFlags, type Tree } from './flags';
import { presetOf } from './presets';
import { readYaml } from './read_yaml';
import { type TrainConfig, trainConfig } from './train_config';
import { validate } from './validate';

/** What `archangel train` was asked for. */
export interface TrainRequest {
  /** Every key resolved, all options of the loss among them. */
  readonly config: TrainConfig;
  readonly source: LossSource;
  /** The options of the loss that were given, without defaults. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What the run was that this one goes on with. */
  readonly resumed?: ResumeRecord;
}

/**
 * The config of `archangel train`: the YAML file named by `--config`, then the other flags on top, then defaults. With
 * `--resume FOLDER` that of the run in the folder, with what may change on top.
 *
 * @throws InputError for an unknown key (naming the nearest known one), a wrong value, YAML that does not parse, or a loss
 * that is none
 */
export async function loadTrainConfig(args: readonly string[]): Promise<TrainRequest> {
  const { config: file, resume, verbose: _, ...flags } = readFlags(args);
  const base = file === undefined ? {} : await readKeys(String(file));
  if (file !== undefined) validate(trainConfig.partial(), base, String(file));
  const where = file === undefined ? 'command line' : `${file} and the command line`;
  if (resume !== undefined) return resumeRequest(String(resume), merge(base, flags), where);
  const config = validate(trainConfig, withPreset(merge(base, flags), where), where);
  const source = await findLoss(config.method);
  return { config: { ...config, loss: lossOptions(source, config.loss, where) }, source, given: config.loss };
}

/** A preset's keys under those that were given. */
function withPreset(given: Tree, where: string): Tree {
  if (given.preset === undefined) return given;
  const { preset } = validate(z.object({ preset: trainConfig.shape.preset }), { preset: given.preset }, where);
  return preset ? merge(presetOf(preset, given.method), given) : given;
}

/** @throws InputError for a folder without a run, an edited `config.yaml`, and keys that would change the numbers */
async function resumeRequest(folder: string, asked: Tree, where: string): Promise<TrainRequest> {
  const resumed = await readRecord(folder);
  const file = join(folder, configFile);
  requireUnedited(resumed.settings, await readKeys(file), file);
  const config = { ...resumeConfig(resumed.settings, asked, where), out: folder };
  await requireSameLoss(resumed, config.method);
  const source = await findLoss(config.method);
  return { config: { ...config, loss: lossOptions(source, config.loss, file) }, source, given: resumed.given, resumed };
}

async function readKeys(file: string): Promise<Tree> {
  return lossAsMethod(await readYaml(file), file);
}

/** `loss: FILE` in words is another spelling of `method: FILE`, as on the command line. */
function lossAsMethod({ loss, ...tree }: Tree, file: string): Tree {
  if (typeof loss !== 'string') return loss === undefined ? tree : { ...tree, loss };
  if (tree.method === undefined) return { ...tree, method: loss };
  throw new InputError(`${file}: "loss: ${loss}" and "method: ${tree.method}" name one thing: leave one out.`);
}
