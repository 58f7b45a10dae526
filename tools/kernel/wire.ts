/**
 * Jupyter's wire protocol: what a message is, how it is signed and laid out in frames.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 *
 *   [identity, …] <IDS|MSG> signature header parent_header metadata content [buffer, …]
 */
import {createHmac, randomUUID, timingSafeEqual} from 'node:crypto';

/** What Jupyter writes into the connection file. */
export interface Connection {
  transport: string;
  ip: string;
  key: string;
  signature_scheme: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
}

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

/** The fields of a message's content depend on its type; who reads one checks what it needs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Content = Record<string, any>;

export interface Message {
  /** ZeroMQ routing frames; empty on the client's side. */
  identities: Buffer[];
  header: Header;
  /** The header of the request that this message answers; empty for a request. */
  parent: Partial<Header>;
  metadata: Content;
  content: Content;
}

const DELIMITER = '<IDS|MSG>';
const PROTOCOL = '5.3';

/** A new message; one that answers a request carries its parent's header, session and route. */
export function createMessage(type: string, content: Content, parent?: Message, session?: string): Message {
  return {
    identities: parent?.identities ?? [],
    header: {
      msg_id: randomUUID(),
      msg_type: type,
      session: session ?? parent?.header.session ?? randomUUID(),
      username: parent?.header.username ?? 'course',
      date: new Date().toISOString(),
      version: PROTOCOL,
    },
    parent: parent?.header ?? {},
    metadata: {},
    content,
  };
}

/** The frames of a message, signed with the connection's key. */
export function encode(message: Message, key: string): (Buffer | string)[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) =>
    JSON.stringify(part),
  );
  return [...message.identities, DELIMITER, sign(parts, key), ...parts];
}

/** @throws Error when the frames are no message or the signature is not made with `key`. */
export function decode(frames: readonly Buffer[], key: string): Message {
  const at = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER);
  if (at < 0 || frames.length < at + 6) {
    throw new Error(`message: expected ${DELIMITER} and five frames after it, got ${frames.length} frames`);
  }
  const parts = frames.slice(at + 2, at + 6);
  const expected = Buffer.from(sign(parts, key));
  const signature = frames[at + 1];
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error('message: the signature does not fit; it was signed with another key');
  }
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString('utf8')));
  return {identities: frames.slice(0, at), header, parent, metadata, content};
}

/** The address of a port of this connection. */
export function address(connection: Connection, port: number): string {
  const separator = connection.transport === 'ipc' ? '-' : ':';
  return `${connection.transport}://${connection.ip}${separator}${port}`;
}

// An empty key means that the connection is not signed.
function sign(parts: readonly (Buffer | string)[], key: string): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}
