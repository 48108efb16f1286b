/** Where this tab keeps it. What is kept belongs to this very server: another port of the machine is another origin. */
const KEPT = 'statepool-token';

/** What lets this page in, from the address that it was opened with; `undefined` where that had none, in this tab, ever. */
export const token: string | undefined = take();

// An address that differs in its token alone loads no page anew: the program was started again, and has printed another one.
addEventListener('hashchange', () => {
  if (given() !== undefined) location.reload();
});

/** A WebSocket to this page's own server, which the token lets in: as a subprotocol, for it can have no header. */
export function openSocket(path: string, token: string): WebSocket {
  return new WebSocket(`ws://${location.host}${path}`, ['statepool', `statepool.token.${token}`]);
}

/** Takes it out of the address, where those who look at the screen would read it. */
function take(): string | undefined {
  const token = given();
  if (token === undefined) return sessionStorage.getItem(KEPT) ?? undefined;
  sessionStorage.setItem(KEPT, token);
  history.replaceState(null, '', location.pathname);
  return token;
}

function given(): string | undefined {
  return /^#token=([\w-]+)$/.exec(location.hash)?.[1];
}
