import { z } from 'zod';
import { memoryOptions } from './memory_options';

/** Where the model that training starts from is kept, beside the one that is trained. */
export const referenceOptions = z
  .strictObject({
    store: z
      .enum(['cache', 'none'])
      .default('cache')
      .describe(
        'cache: ask it for all log-probabilities before the first step, keep them for other runs in the cache folder and let it go; ' +
          'none: keep it beside the model and ask as training goes; a run that goes on with --resume may then round otherwise',
      ),
    stream: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe(
        'read the reference from its checkpoint layer by layer, before the first step, rather than have it in memory; ' +
          'auto: where it is to be kept and does not fit beside the model',
      ),
    storage: memoryOptions.storage.describe(
      'what it is kept in; in 16 bits it takes half the memory, and its log-probabilities are rounded',
    ),
  })
  .prefault({});
