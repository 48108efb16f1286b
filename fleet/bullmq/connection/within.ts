import { clearTimeout, setTimeout } from '../../../actors/tooling.ts';

/**
 * Waits for a promise, but not longer than some ms. @throws the error of the promise, or that it takes too long;
 * `why` gives a better error for both, if it has one
 */
export async function within<T>(ms: number, promise: Promise<T>, why: () => unknown = () => undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    throw why() ?? error;
  } finally {
    clearTimeout(timer);
  }
}
