import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface Received {
  method: string;
  /** With the query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  /** As it came, and without gzip. */
  sent: Buffer;
  body: Buffer;
  /** The connection that it came on. */
  port: number | undefined;
}

export type Handler = (
  request: Received,
  response: http.ServerResponse,
  /** How many came before. */
  count: number,
) => void;

export interface Server {
  url: string;
  port: number;
  received: Received[];
}

/** A server on a free port of the loopback device, gone after the test. */
export async function serve(handler: Handler, tls?: https.ServerOptions): Promise<Server> {
  const received: Received[] = [];
  const listener = (incoming: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const sent = Buffer.concat(chunks);
      const { method = '', url = '', headers } = incoming;
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      received.push({ method, path: url, headers, sent, body, port: incoming.socket.remotePort });
      handler(received[received.length - 1], response, received.length - 1);
    });
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, received };
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An OTLP receiver that takes everything, in the encoding of the request. */
export const accepting: Handler = ({ headers }, response) => {
  const type = headers['content-type'] ?? '';
  response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : undefined);
};
