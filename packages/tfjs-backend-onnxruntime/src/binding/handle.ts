const living = new Map<string, number>();

/** The address of a native object, and the one call that frees it. */
export class Handle {
  constructor(
    readonly kind: string,
    private pointer: bigint,
    private readonly free: (pointer: bigint) => void,
  ) {
    if (pointer === 0n) throw new Error(`ONNX Runtime gave no ${kind}.`);
    living.set(kind, (living.get(kind) ?? 0) + 1);
  }

  /** @throws Error when the object has been freed */
  get address(): bigint {
    if (this.pointer === 0n) throw new Error(`A native ${this.kind} was used after it had been freed.`);
    return this.pointer;
  }

  /** @throws Error when the object has been freed before */
  release(): void {
    const pointer = this.address;
    this.pointer = 0n;
    living.set(this.kind, (living.get(this.kind) ?? 0) - 1);
    this.free(pointer);
  }
}

/** How many native objects of each kind have been made and not yet freed. */
export function livingHandles(): Record<string, number> {
  return Object.fromEntries([...living].filter(([, count]) => count > 0));
}
