import assert from 'node:assert';
import { sharedTokens, type TokenSource } from 'statepool/tokens';

/**
 * Makes a budget that counts what one pool is granted and gives back, and checks at each step that no token goes back
 * twice. The pool is told that others wait, or that nobody does.
 */
export function checkedTokens(n: number) {
  const shared = sharedTokens(n);
  let given = 0;
  let taken = 0;
  let rival: (() => void) | undefined;
  const state = { isContended: false };
  const source: TokenSource = {
    ask: (wanted, priority, onGrant) =>
      shared.ask(wanted, priority, (granted) => {
        taken += granted;
        assert.ok(taken - given <= n, `${taken - given} tokens are in use`);
        onGrant(granted);
      }),
    give(back) {
      given += back;
      assert.ok(given <= taken, `${given} tokens were given back, and ${taken} were granted`);
      shared.give(back);
    },
    get isContended() {
      return state.isContended || shared.isContended;
    },
    close: () => shared.close(),
  };
  return {
    source,
    /** Lets somebody else wait, or stop. */
    contend() {
      state.isContended = !state.isContended;
    },
    /** Lets somebody else take a token, or give it back. */
    rival() {
      if (rival !== undefined) rival();
      else {
        let hasToken = false;
        const giveUp = shared.ask(1, 'high', () => {
          hasToken = true;
        });
        rival = () => {
          rival = undefined;
          giveUp();
          if (hasToken) shared.give(1);
        };
      }
    },
    /** Lets everybody else give back what they have. */
    leave: () => rival?.(),
    /** The number of tokens that nobody holds. */
    get left() {
      return shared.left;
    },
    /** The number of tokens that the pool was granted so far. */
    get taken() {
      return taken;
    },
    get given() {
      return given;
    },
  };
}
