// What the child process tells the runner, one JSON line each.

export type SpecStatus = 'passed' | 'failed' | 'excluded' | 'skipped';

/** One spec of TensorFlow.js that was reached. `messages` says why it failed. */
export interface SpecResult {
  readonly file: string;
  readonly spec: string;
  readonly status: SpecStatus;
  readonly messages: readonly string[];
  readonly ms: number;
}

export type SpecEvent =
  /** The child is about to run this suite or spec: to be blamed if nothing follows. */
  | { readonly kind: 'at'; readonly file: string; readonly name: string }
  | ({ readonly kind: 'spec' } & SpecResult)
  | { readonly kind: 'loadError'; readonly file: string; readonly error: string }
  /** A `beforeAll` or `afterAll` failed, or something outside of any spec. */
  | { readonly kind: 'suiteError'; readonly file: string; readonly error: string }
  | { readonly kind: 'end' };

/** What the runner asks of the child, as JSON in the environment variable that `requestVariable` names. */
export interface SpecRequest {
  readonly files: readonly string[];
  /** Specs that shall not run: for each spec file, sources of regular expressions over the spec's full name. */
  readonly excluded: Readonly<Record<string, readonly string[]>>;
}

export const requestVariable = 'TFJS_SPECS_REQUEST';

/** The child's file descriptor for events: what native code prints does not get between them. */
export const eventDescriptor = 3;
