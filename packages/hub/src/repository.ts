import { join } from 'node:path';
import { InputError } from './input_error';

/** What the hub keeps, as its addresses name it. */
export type HubKind = 'models' | 'datasets';

/** A repository of the hub at a revision. */
export interface HubRepository {
  readonly kind: HubKind;
  /** `owner/name`. */
  readonly repo: string;
  /** A branch, tag or commit, or a reference such as `refs/pr/1`. */
  readonly revision: string;
}

/** What errors call it: `hf:owner/name`, with the revision unless that is `main`. */
export function nameOf({ repo, revision }: HubRepository): string {
  return `hf:${repo}${revision === 'main' ? '' : `@${revision}`}`;
}

/** @throws InputError for a name that none can have, which might also lead out of the cache */
export function checkName(repository: HubRepository): void {
  const { repo, revision } = repository;
  const isName = /^[\w.-]+\/[\w.-]+$/.test(repo) && !repo.split('/').some((part) => /^\.+$/.test(part));
  if (!isName || /^\.*$/.test(revision)) {
    throw new InputError(`${nameOf(repository)}: names no repository of the hub. Write hf:owner/name@revision.`);
  }
}

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Where what is known of a repository is kept. */
export function repositoryFolder(cache: string, { kind, repo }: HubRepository): string {
  return join(cache, kind, ...repo.split('/'));
}

/** Where its files are kept: a folder for each commit. */
export function commitFolder(cache: string, repository: HubRepository, commit: string): string {
  return join(repositoryFolder(cache, repository), commit);
}

/** The page that a person sees; files lie below it. */
export function pageOf({ kind, repo }: Omit<HubRepository, 'revision'>, endpoint: string): string {
  return `${endpoint}/${kind === 'models' ? '' : `${kind}/`}${repo}`;
}
