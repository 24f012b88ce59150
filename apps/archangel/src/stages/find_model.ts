import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CausalLM, type ModelConfig, readConfig, type Storage } from '@halokit/models';
import { type CheckpointPart, fetchCheckpoint, isOnHub, loadCheckpoint } from '@halokit/models/node';
import { InputError } from '../input_error';
import { withHub } from './hub';

/** A model that a person named: its config and tokenizer are on this machine, its weights may still be on the hub. */
export interface FoundModel {
  /** As it was written. */
  readonly said: string;
  readonly folder: string;
  /** Where on the hub it is from, at one commit. */
  readonly hub?: { readonly repo: string; readonly commit: string };
}

/**
 * Finds a model by its folder or its place on the hub, from where the parts asked for are fetched, with progress.
 *
 * @param said a folder, or `hf:owner/name@revision`
 * @throws InputError for a place that is none, may not be read or does not answer
 */
export async function findModel(
  said: string,
  offline: boolean,
  parts: readonly CheckpointPart[] = ['config', 'tokenizer'],
): Promise<FoundModel> {
  if (!isOnHub(said)) return { said, folder: said };
  const { folder, repo, commit } = await withHub(offline, (hub) => fetchCheckpoint(said, hub, { parts }));
  return { said, folder, hub: { repo, commit } };
}

/** What the model is like, before it is loaded. @throws InputError for a config that is none */
export async function configOf({ folder }: FoundModel): Promise<ModelConfig> {
  const file = join(folder, 'config.json');
  const text = await readFile(file, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (typeof json === 'object' && json !== null) return readConfig(json as Record<string, unknown>, file);
  throw new InputError(`${file}: is not a JSON object.`);
}

/** Loads it, at the commit at which it was found; its weights are fetched first, with progress, where they are not here. */
export async function loadFound(
  { said, folder, hub: place }: FoundModel,
  { offline, ...options }: { readonly offline: boolean; readonly trainable?: boolean; readonly storage?: Storage },
): Promise<CausalLM> {
  if (!place) return loadCheckpoint(said, options);
  await withHub(offline, (hub) => fetchCheckpoint(`hf:${place.repo}@${place.commit}`, hub, { parts: ['weights'] }));
  return loadCheckpoint(folder, options);
}
