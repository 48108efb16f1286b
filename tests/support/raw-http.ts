import { type IncomingHttpHeaders, request } from 'node:http';

/** An answer, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a request is made of. `host` and others may be anything: browsers would not let them. */
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

/** Makes one request of a local server. The answer to an upgrade that was granted has the status 101; it is dropped at once. */
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
