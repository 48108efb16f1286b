import type { Engine, EngineName } from './engine.ts';

/**
 * Starts the engine of that name. This function alone loads the engine's code. @throws {EngineMissingError} when it is
 * not installed
 */
export async function openEngine(name: EngineName): Promise<Engine> {
  if (name === 'z3-wasm') return (await import('./engine-z3-wasm.ts')).openZ3Wasm();
  return (await import('./engine-native.ts')).openNative(name);
}
