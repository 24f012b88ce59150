import type { Session } from '../binding/session';

/** Compiled sessions by fingerprint, at most `capacity`: the one used longest ago goes first. */
export class SessionCache {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.sessions.size;
  }

  get(fingerprint: string): Session | undefined {
    const session = this.sessions.get(fingerprint);
    if (!session) return undefined;
    this.sessions.delete(fingerprint);
    this.sessions.set(fingerprint, session);
    return session;
  }

  /** No session may be running but the one that is added, because the oldest is released. */
  add(fingerprint: string, session: Session): void {
    this.sessions.set(fingerprint, session);
    for (const [oldest, unused] of this.sessions) {
      if (this.sessions.size <= this.capacity) break;
      this.sessions.delete(oldest);
      unused.release();
    }
  }

  clear(): void {
    for (const session of this.sessions.values()) session.release();
    this.sessions.clear();
  }
}
