/**
 * The key of the token in this tab's session storage. The storage belongs to this server: another port is another
 * origin.
 */
const KEPT = 'statepool-token';

/**
 * The token that gives this page access. It comes from the page's address, or from an earlier address in this tab;
 * `undefined` if there was none.
 */
export const token: string | undefined = take();

// The browser does not load the page again for an address that differs only in its token. A restarted program prints
// such an address, so the page reloads itself.
// token.
addEventListener('hashchange', () => {
  if (given() !== undefined) location.reload();
});

/**
 * Opens a WebSocket to the page's own server. The token is sent as a subprotocol, because a WebSocket in a browser
 * cannot set headers.
 */
export function openSocket(path: string, token: string): WebSocket {
  return new WebSocket(`ws://${location.host}${path}`, ['statepool', `statepool.token.${token}`]);
}

/** Returns the token and removes it from the address, where other people could read it on the screen. */
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
