/** What happens while files are fetched, for whoever wants to show it. Sizes are in bytes. */
export type HubEvent =
  /** All files of the repository at this commit. */
  | {
      readonly kind: 'listed';
      readonly repo: string;
      readonly commit: string;
      readonly files: number;
      readonly bytes: number;
    }
  /** The files that are wanted of them, and what of those is not in the cache yet. */
  | {
      readonly kind: 'chosen';
      readonly repo: string;
      readonly commit: string;
      readonly files: number;
      readonly bytes: number;
      readonly missing: number;
    }
  /** The hub cannot be reached, and what was fetched before serves. */
  | { readonly kind: 'offline'; readonly repo: string; readonly commit: string; readonly reason: string }
  /** `there`: what an earlier run left of it. */
  | { readonly kind: 'start'; readonly file: string; readonly size: number; readonly there: number }
  | { readonly kind: 'progress'; readonly file: string; readonly received: number; readonly size: number }
  /** `cached`: it was there already. */
  | { readonly kind: 'done'; readonly file: string; readonly size: number; readonly cached: boolean }
  | { readonly kind: 'retry'; readonly what: string; readonly reason: string; readonly attempt: number };
