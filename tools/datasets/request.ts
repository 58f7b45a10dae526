/** One HTTP request for a file: redirects followed, and an end put to silence. */
import * as http from 'node:http';
import * as https from 'node:https';

/** What may go better the next time, unlike other errors. */
export class Passing extends Error {
  /**
   * @param unreachable the host that did not answer at all.
   * @param unresolved whether its very name could not be resolved.
   */
  constructor(
    message: string,
    readonly unreachable?: string,
    readonly unresolved = false,
  ) {
    super(message);
  }

  after(tries: number): Passing {
    return new Passing(`${this.message}, after ${tries} ${tries === 1 ? 'try' : 'tries'}`, this.unreachable);
  }
}

export interface Answer {
  response: http.IncomingMessage;
  /** To be called at each sign of life: silence of the stated length ends the request. */
  alive(): void;
  /** Ends the request, and says what went wrong after the last byte, if anything did. */
  close(): NodeJS.ErrnoException | undefined;
}

const REDIRECTS = 5;

/** The answer to a GET, its body not read yet. @param patience milliseconds without a byte. */
export async function request(
  url: string,
  headers: http.OutgoingHttpHeaders,
  patience: number,
): Promise<Answer> {
  let here = new URL(url);
  for (let i = 0; i <= REDIRECTS; i++) {
    const answer = await get(here, headers, patience);
    const {statusCode = 0, headers: got} = answer.response;
    if (![301, 302, 303, 307, 308].includes(statusCode) || !got.location) return answer;
    answer.close();
    const next = new URL(got.location, here);
    if (here.protocol === 'https:' && next.protocol !== 'https:')
      throw new Error(`${here.host} leads to ${next.href}, which is not encrypted`);
    here = next;
  }
  throw new Error(`${here.host} leads from one address to the next without end`);
}

function get(url: URL, headers: http.OutgoingHttpHeaders, patience: number): Promise<Answer> {
  const {get: send} = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    let late: NodeJS.ErrnoException | undefined;
    const plain = {...headers, 'Accept-Encoding': 'identity', Connection: 'close'};
    // One connection for each request: what comes after the announced length is then an error.
    const sent = send(url, {headers: plain, agent: false});
    const silence = () => new Passing(`not a byte came from ${url.host} for ${patience / 1000} s`, url.host);
    const timer = setTimeout(() => sent.destroy(silence()), patience);
    sent.on('response', (response) => {
      timer.refresh();
      const close = () => {
        clearTimeout(timer);
        sent.destroy();
        return late;
      };
      resolve({response, alive: () => timer.refresh(), close});
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      late = error;
      clearTimeout(timer);
      reject(failure(url.host, error));
    });
  });
}

/** What a failed connection means. */
export function failure(host: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof Passing) return error;
  const {code = '', message} = error;
  if (/^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)$/.test(code))
    return new Passing(`${host} cannot be reached (${code})`, host, /^(ENOTFOUND|EAI_AGAIN)$/.test(code));
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return new Error(`the certificate of ${host} is not trusted (${code}); see NODE_EXTRA_CA_CERTS`);
  return new Passing(`the connection to ${host} broke (${code || message})`);
}
