import type { Node } from './node';

/** The graphics processor is gone, with all that lay on it: its driver was reset, or it was unplugged or put to sleep. */
export class DeviceLostError extends Error {
  override name = 'DeviceLostError';
}

/** What an error of a device means, where its own words do not say it: nothing for other errors. */
export function lostDevice(message: string): DeviceLostError | undefined {
  if (!/device (was |is )?lost|\[Invalid Device\]/i.test(message)) return undefined;
  return new DeviceLostError(
    'The graphics processor was lost while it computed: its driver was reset, or it was unplugged or put to sleep. What lay on it is ' +
      `gone: start the program again; training goes on from its last checkpoint. (${message})`,
  );
}

/**
 * Memory that a device did not have: an array longer than it can hold in one, or one too many. A buffer that could not be made
 * is invalid from then on, and whoever reads it hears only that.
 */
export function withoutMemory(message: string): boolean {
  return /\[Invalid Buffer|max buffer size limit|out of memory|too many storage buffers/i.test(message);
}

/** The node that makes the most, which a lack of memory is put down to. */
export function largest(nodes: readonly Node[]): Node | undefined {
  const made = ({ outputs }: Node) => outputs.reduce((bytes, output) => bytes + output.bytes, 0);
  return nodes.reduce<Node | undefined>((most, node) => (most && made(most) >= made(node) ? most : node), undefined);
}
