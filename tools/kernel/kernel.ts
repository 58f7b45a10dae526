/**
 * The course's Jupyter kernel for TypeScript, over tslab's converter and executor. Front ends start it
 * through the kernelspec: `node kernel.js --config-path CONNECTION_FILE`.
 */
import * as fs from 'node:fs';
import * as zmq from 'zeromq';
import {CellRunner} from './cells';
import {endWithParent} from './parent';
import {KernelSession} from './session';
import {describeThrown, installTraces} from './traces';
import {tslabParts} from './tslab';
import {address, decode, encode, type Connection, type Message} from './wire';

/** The exit code when a port of the connection file is taken: the client may try others. */
export const PORT_TAKEN = 98;

// Without a time limit zeromq.js takes about 500 messages in one turn and refuses the rest (EBUSY), and a
// cell that prints more would lose them; with a limit of 0 and no high-water mark it takes them all.
const unlimited = {sendTimeout: 0, sendHighWaterMark: 0};

async function main(): Promise<void> {
  const connection = readConnection();
  const shell = new zmq.Router(unlimited);
  const control = new zmq.Router(unlimited);
  const iopub = new zmq.Publisher(unlimited);
  const stdin = new zmq.Router();
  const heartbeat = new zmq.Reply();
  const sockets = [shell, control, iopub, stdin, heartbeat];

  const session: KernelSession = new KernelSession(
    {
      reply: (message, channel) =>
        void (channel === 'shell' ? shell : control).send(encode(message, connection.key)),
      publish: (message) =>
        void iopub.send([message.header.msg_type, ...encode({...message, identities: []}, connection.key)]),
    },
    loadCells(() => session),
    () => {
      for (const socket of sockets) socket.close();
      process.exit(0);
    },
  );
  await Promise.all([
    bind(shell, connection, connection.shell_port),
    bind(control, connection, connection.control_port),
    bind(iopub, connection, connection.iopub_port),
    bind(stdin, connection, connection.stdin_port),
    bind(heartbeat, connection, connection.hb_port),
  ]);
  const stderr = process.stderr.write.bind(process.stderr); // the terminal, whatever cells write to
  session.output.capture();
  listen(shell, connection.key, (message) => session.shell(message), stderr);
  listen(control, connection.key, (message) => session.control(message), stderr);
  void (async () => {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  })();

  process.on('SIGINT', () => session.interrupter.request());
  process.on('SIGTERM', () => process.exit(0));
  process.on('exit', () => session.output.flush());
  process.on('uncaughtException', (error) => complain(session, 'Uncaught', error));
  process.on('unhandledRejection', (reason) => complain(session, 'Unhandled rejection:', reason));
  endWithParent();
  installTraces(process.cwd());

  // In two bites, so that a front end's first questions are answered in between.
  setImmediate(() => {
    tslabParts();
    setImmediate(() => session.ready());
  });
}

function loadCells(session: () => KernelSession): () => CellRunner {
  return () => {
    const cells = new CellRunner(process.cwd());
    const {output} = session();
    tslabParts().page.lastWriteDisplayData = (content, update) => output.display(content, update);
    return cells;
  };
}

function readConnection(): Connection {
  const at = process.argv.indexOf('--config-path');
  const file = at > 0 ? process.argv[at + 1] : undefined;
  if (!file) {
    throw new Error(
      'kernel: expected --config-path CONNECTION_FILE; front ends start the kernel, not people',
    );
  }
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Connection;
}

async function bind(socket: zmq.Socket, connection: Connection, port: number): Promise<void> {
  try {
    await socket.bind(address(connection, port));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    process.stderr.write(`kernel: port ${port} is taken by another program\n`);
    process.exit(PORT_TAKEN);
  }
}

function listen(
  socket: zmq.Router,
  key: string,
  handle: (message: Message) => void,
  complainTo: (text: string) => void,
): void {
  void (async () => {
    for await (const frames of socket) {
      try {
        handle(decode(frames, key));
      } catch (error) {
        complainTo(`kernel: a message was left unanswered: ${(error as Error).message}\n`);
      }
    }
  })();
}

function complain(session: KernelSession, what: string, thrown: unknown): void {
  session.output.write('stderr', `${what} ${describeThrown(thrown).traceback.join('\n')}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
