import { JudgingStopped } from '@halokit/evaluation';
import type { EndpointError } from '@halokit/evaluation/node';
import { InputError } from '../input_error';

/** Whatever ended judging for now, said with how to go on; any other error as it is. */
export function judgingError(error: unknown): unknown {
  const kept = 'What was judged until then is kept, and the same command goes on from there';
  if (error instanceof JudgingStopped) {
    return new InputError(`Stopped at --max-cost: ${error.message} ${kept}, with more to spend.`);
  }
  if (error instanceof Error && isOfEndpoint(error.cause)) {
    const fix = error.cause.refused ? '; --on-refusal unparsable passes such questions over' : '';
    return new InputError(`${error.message} ${kept}${fix}.`);
  }
  return error;
}

/** By its name: its class would load the client, which other commands do not need. */
function isOfEndpoint(cause: unknown): cause is EndpointError {
  return cause instanceof Error && cause.name === 'EndpointError';
}
