import { z } from 'zod';
import { memoryOptions } from './memory_options';

/** Where the model that training starts from is kept, beside the one that is trained. */
export const referenceOptions = z
  .strictObject({
    stream: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe(
        'read the reference from its checkpoint layer by layer, before the first step, rather than keep it in memory; ' +
          'auto: where it does not fit beside the model',
      ),
    storage: memoryOptions.storage.describe(
      'what it is kept in; in 16 bits it takes half the memory, and its log-probabilities are rounded',
    ),
  })
  .prefault({});
