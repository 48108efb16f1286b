import { type IncomingHttpHeaders, request } from 'node:http';

/** An answer, as received. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The parts of a request. `host` and other headers may have values that browsers do not allow. */
export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks for a WebSocket. */
  readonly isUpgrade?: boolean;
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/**
 * Makes one request to a local server. The answer to a granted upgrade has the status 101; the socket is dropped at
 * once.
 */
export function ask(port: number, { path = '/', method = 'GET', headers = {}, isUpgrade }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(isUpgrade ? UPGRADE : {}) };
    const asked = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false });
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    asked.on('error', reject);
    asked.end();
  });
}
