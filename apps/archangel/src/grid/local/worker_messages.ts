/** What a worker is sent: the name of a job to do. */
export interface Assignment {
  readonly job: string;
}

/** What it answers: that it waits for one, or how one ended. */
export type Report =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly job: string }
  | { readonly is: 'failed'; readonly job: string; readonly why: string }
  | { readonly is: 'interrupted'; readonly job: string };
