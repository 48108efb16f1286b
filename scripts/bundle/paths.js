import { relative, resolve } from 'node:path';

/** Stands for the way from a bundled file to dist, until the file has its place. */
export const TO_DIST = '<dist>/';

export const dist = resolve('dist');

export function slashed(path) {
  return path.replaceAll('\\', '/');
}

/** Returns the path of a file from the folder of the package. */
export function ownPath(file) {
  return slashed(relative('.', file));
}
