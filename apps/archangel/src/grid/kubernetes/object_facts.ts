import type { Grid } from '../grid';

/** What the objects of a grid have in common. */
export interface ObjectFacts {
  /** `archangel-miniature` */
  readonly name: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

/** Pods are named by their job and index, in 63 characters. */
const longest = 50;

export function objectFacts({ name, config }: Pick<Grid, 'name' | 'config'>): ObjectFacts {
  const plain = name.toLowerCase().replace(/[^a-z\d]+/g, '-');
  const object = `archangel-${plain}`.slice(0, longest).replace(/-+$/, '');
  const namespace = config.kubernetes?.namespace;
  return {
    name: object,
    metadata: {
      ...(namespace !== undefined && { namespace }),
      labels: { 'app.kubernetes.io/name': 'archangel', 'app.kubernetes.io/instance': object },
    },
  };
}
