const PRELOAD = /(^|\s)(--import|--require|-r|--loader|--experimental-loader)\b/;

/** Returns whether the user has named modules to be loaded before the program, or loaders of modules. */
export function hasPreloads(flags: readonly string[] = process.execArgv, options = process.env.NODE_OPTIONS): boolean {
  return [...flags, options ?? ''].some((flag) => PRELOAD.test(flag));
}
