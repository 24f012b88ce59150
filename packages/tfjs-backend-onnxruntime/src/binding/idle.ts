// A device is looked after by one thread at a time: while a call is under way on another one, nothing may be freed there.

let underWay = 0;
const waiting: (() => void)[] = [];

/** Runs now, or once no native call is under way on another thread. */
export function whenIdle(action: () => void): void {
  if (underWay > 0) waiting.push(action);
  else action();
}

/** A call that is under way until it settles. */
export async function lookingAfter<T>(call: Promise<T>): Promise<T> {
  underWay++;
  try {
    return await call;
  } finally {
    underWay--;
    if (underWay === 0) for (const action of waiting.splice(0)) action();
  }
}
