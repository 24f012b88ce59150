import { NotLoadedError } from './not_loaded';

/** Libraries of CUDA, by which names they are missed. */
const cuda = /\b(?:lib)?(?:cuda|cudart|cublas\w*|cudnn\w*|cufft|curand|cusolver|cusparse|nccl)\b/i;

/**
 * Why a package with a native library did not load, from what Node or the system's loader threw.
 *
 * @param install the command that gets its native library again
 */
export function loadFailure(thrown: unknown, install: string): NotLoadedError {
  const { code, message }: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown));
  const [line = ''] = message.split('\n');
  const absent = code === 'MODULE_NOT_FOUND' ? /Cannot find module '([^']+)'/.exec(line)?.[1] : undefined;
  if (absent) return new NotLoadedError(`needs ${absent}, which is not installed`, `npm install ${absent}`);
  if (code !== 'ERR_DLOPEN_FAILED') return new NotLoadedError(`failed as it started: ${line}`, install);
  const remedy = cuda.test(line) ? 'Install CUDA 11.2 and cuDNN 8.1 where the system looks for libraries' : install;
  return new NotLoadedError(`has a native library that did not load: ${line}`, remedy);
}
