import type { TokenSource } from '../../tokens/source.ts';
import { illegal } from './option-rules.ts';

/** Checks the option `tokens` of a pool. @throws {UsageError} for a value that is no source of tokens */
export function tokensOf(name: string, tokens: TokenSource): TokenSource | undefined {
  const isSource = [tokens?.ask, tokens?.give, tokens?.close].every((each) => typeof each === 'function');
  if (isSource) return tokens;
  throw illegal(name, tokens, 'a source of statepool/tokens, such as sharedTokens(2)');
}
