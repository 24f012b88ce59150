import type { RopeScaling } from '../layers/rotary';
import type { SharedConfig } from './config';
import type { ConfigReader } from './config_reader';

type Rope = Pick<SharedConfig, 'ropeTheta' | 'ropeScaling'>;

/** A family's own names of what describes its rotary embeddings; the first is the one that it writes. */
interface RopeFields {
  readonly theta: readonly [string, ...string[]];
  /** The share of each head that is rotated. */
  readonly share: readonly [string, ...string[]];
}

/**
 * Rotary embeddings as a `config.json` describes them: in fields of their own and `rope_scaling` up to Transformers 4, in
 * `rope_parameters` from 5 on. What is said in several places has to agree.
 *
 * @throws InputError for places that contradict each other, and for a scaling that is not known
 */
export function readRope(
  reader: ConfigReader,
  { theta, share }: RopeFields,
  defaultShare: number,
): Rope & { rotatedShare: number } {
  const objects = ['rope_scaling', 'rope_parameters'].flatMap((field) => reader.object(field) ?? []);
  const said = (read: 'positive' | 'share', own: readonly string[], inObject: string) => [
    ...own.flatMap((field) => (reader.has(field) ? reader[read](field) : [])),
    ...objects.flatMap((object) => (object.has(inObject) ? object[read](inObject) : [])),
  ];
  return {
    ropeTheta: agreed(reader, theta[0], said('positive', theta, 'rope_theta')) ?? 10000,
    ropeScaling: agreed(reader, 'rope_scaling', objects.map(readScaling)) ?? undefined,
    rotatedShare: agreed(reader, share[0], said('share', share, 'partial_rotary_factor')) ?? defaultShare,
  };
}

/** The fields for Transformers of any version: older ones do not know `rope_parameters`, newer ones want it. */
export function writeRope({ ropeTheta, ropeScaling }: Rope, { theta, share }: RopeFields, rotatedShare?: number) {
  const partial = rotatedShare !== undefined;
  return {
    [theta[0]]: ropeTheta,
    ...(partial && { [share[0]]: rotatedShare }),
    rope_scaling: ropeScaling ? writeScaling(ropeScaling) : null,
    rope_parameters: {
      ...(ropeScaling ? scalingParameters(ropeScaling) : { rope_type: 'default' }),
      rope_theta: ropeTheta,
      ...(partial && { partial_rotary_factor: rotatedShare }),
    },
  };
}

function agreed<T>(reader: ConfigReader, field: string, values: readonly T[]): T | undefined {
  const different = [...new Set(values.map((value) => JSON.stringify(value)))];
  if (different.length > 1) {
    reader.refuse(field, `is ${different.join(' in one place and ')} in another, rope_parameters counted: keep one`);
  }
  return values[0];
}

function readScaling(scaling: ConfigReader): RopeScaling | null {
  const field = scaling.has('rope_type') ? 'rope_type' : 'type';
  const type = scaling.string(field, 'default');
  if (type === 'default') return null;
  if (type === 'linear') return { type, factor: scaling.positive('factor') };
  if (type !== 'llama3') return scaling.refuse(field, `is "${type}"; known are "default", "linear" and "llama3"`);
  const [low, high] = [scaling.positive('low_freq_factor'), scaling.positive('high_freq_factor')];
  if (low >= high) scaling.refuse('low_freq_factor', `is ${low}; it must be below high_freq_factor, ${high}`);
  return {
    type,
    factor: scaling.positive('factor'),
    lowFreqFactor: low,
    highFreqFactor: high,
    originalMaxPositionEmbeddings: scaling.size('original_max_position_embeddings'),
  };
}

/** Linear scaling under its old name, and nothing else beside: Transformers before 4.43 takes no other form. */
function writeScaling(scaling: RopeScaling) {
  return scaling.type === 'linear' ? { type: 'linear', factor: scaling.factor } : scalingParameters(scaling);
}

function scalingParameters(scaling: RopeScaling) {
  if (scaling.type === 'linear') return { rope_type: 'linear', factor: scaling.factor };
  return {
    rope_type: 'llama3',
    factor: scaling.factor,
    low_freq_factor: scaling.lowFreqFactor,
    high_freq_factor: scaling.highFreqFactor,
    original_max_position_embeddings: scaling.originalMaxPositionEmbeddings,
  };
}
