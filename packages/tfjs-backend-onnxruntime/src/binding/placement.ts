import koffi from 'koffi';
import { api, check } from './api';

/** A node that runs on the processor though the session has a device, because the device has no kernel for it. */
export interface LeftNode {
  /** As the model names it; empty for one that ONNX Runtime put in itself. */
  readonly name: string;
  readonly op: string;
}

// Where the functions put a pointer and a count: read at once, so one place serves all.
const slots = new BigUint64Array(16);
const pointerSlot = koffi.address(slots.buffer);
const countSlot = pointerSlot + 8n;

/** Nodes of a session that its device leaves to the processor, from ONNX Runtime's own account of who computes what. */
export function leftToCpu(session: bigint): LeftNode[] {
  const a = api();
  return listed(a.sessionGetEpGraphAssignmentInfo, session)
    .filter((part) => text(a.epAssignedSubgraphGetEpName, part) === 'CPUExecutionProvider')
    .flatMap((part) => listed(a.epAssignedSubgraphGetNodes, part))
    .map((node) => ({ name: text(a.epAssignedNodeGetName, node), op: text(a.epAssignedNodeGetOperatorType, node) }));
}

type Getter = (of: bigint, ...slots: bigint[]) => bigint | number;

function listed(get: Getter, of: bigint): bigint[] {
  check(get(of, pointerSlot, countSlot));
  const [address = 0n, count = 0n] = slots;
  if (count === 0n) return [];
  const addresses: Iterable<bigint | number> = koffi.decode(address, 'uintptr_t', Number(count));
  return Array.from(addresses, BigInt);
}

function text(get: Getter, of: bigint): string {
  check(get(of, pointerSlot));
  return koffi.decode(pointerSlot, 'const char *') as string;
}
