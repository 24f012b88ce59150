/** One record of TensorBoard's log: a message `Event`, of which this is what training has to say. */
export interface TensorboardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
  /** Only in the first record of a file. */
  readonly fileVersion?: string;
  /** A start of the run: TensorBoard forgets what earlier files say of this step and those after it. */
  readonly starts?: boolean;
  readonly scalars?: Readonly<Record<string, number>>;
}

/** How a field's value is laid out (protocol buffers' wire types). */
const [varintType, doubleType, bytesType, floatType] = [0, 1, 2, 5];

/**
 * The event in protocol buffers' encoding, fields in the order of their numbers, as TensorBoard's own classes write it.
 *
 * Source: tensorboard/compat/proto/event.proto and summary.proto.
 */
export function encodeEvent({ wallTime, step = 0, fileVersion, starts, scalars }: TensorboardEvent): Buffer {
  const values = Object.entries(scalars ?? {}).map(([tag, value]) =>
    bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)])),
  );
  return Buffer.concat([
    double(1, wallTime),
    // A field that is 0 is left out.
    ...(step > 0 ? [key(2, varintType), varint(step)] : []),
    ...(fileVersion === undefined ? [] : [bytes(3, Buffer.from(fileVersion))]),
    ...(values.length === 0 ? [] : [bytes(5, Buffer.concat(values))]),
    // SessionLog with status START.
    ...(starts ? [bytes(7, Buffer.concat([key(1, varintType), varint(1)]))] : []),
  ]);
}

function key(field: number, type: number): Buffer {
  return varint(field * 8 + type);
}

/** Seven bits a byte, the lowest first. By division, since shifts end at 32 bits. */
function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) parts.push((rest % 128) + 128);
  return Buffer.from([...parts, rest]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([key(field, bytesType), varint(content.length), content]);
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([key(field, doubleType), content]);
}

function float(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([key(field, floatType), content]);
}
