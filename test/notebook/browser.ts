/** A site from a server of its own, and a browser that looks at it. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type {AddressInfo} from 'node:net';
import * as path from 'node:path';
import type {Browser, BrowserContextOptions, Page} from 'playwright-core';
import {openChromium} from './chromium';

export class SiteInBrowser {
  private constructor(
    /** For example "http://127.0.0.1:40123". */
    readonly address: string,
    private readonly server: http.Server,
    private readonly browser: Browser,
  ) {}

  static async open(folder: string, chromium: string): Promise<SiteInBrowser> {
    const server = http.createServer((request, response) => answer(folder, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new SiteInBrowser(address, server, await openChromium(chromium));
  }

  /**
   * Opens a page and looks at it. Fails for any word on the console but the `expected` ones, and for any request
   * that leaves the machine.
   */
  async visit(
    url: string,
    look: (page: Page, requests: string[]) => Promise<void>,
    options: BrowserContextOptions = {},
    expected = /^$/,
  ): Promise<void> {
    const context = await this.browser.newContext({serviceWorkers: 'block', ...options});
    const [said, requests]: string[][] = [[], []];
    try {
      const page = await context.newPage();
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', ({message}) => said.push(message));
      page.on('request', (request) => requests.push(request.url()));
      page.on('requestfailed', (request) => said.push(`failed: ${request.url()}`));
      await page.goto(url, {waitUntil: 'load'});
      await look(page, requests);
      assert.deepEqual(
        said.filter((text) => !expected.test(text)),
        [],
        url,
      );
      assert.deepEqual(
        requests.filter((to) => !/^(data|blob|file):/.test(to) && !to.startsWith(`${this.address}/`)),
        [],
      );
    } finally {
      await context.close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }
}

/** Waits for a condition. Playwright's own way would compile text in the page, which its policy forbids. */
export async function until(page: Page, condition: string): Promise<void> {
  for (let k = 0; k < 100; k++) {
    if (await page.evaluate(condition)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`not within 5 s: ${condition}`);
}

/** Runs in the page: the colour of an element's text, and of the ground on which it lies. */
export const coloursOf = `(element) => {
  let ground = element;
  while (/, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
}`;

/** Relative luminance of "rgb(r, g, b)": https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminances(colours: unknown): number[] {
  return (colours as string[]).map((colour) => {
    const [r, g, b] = [...colour.matchAll(/\d+/g)]
      .map(([value]) => Number(value) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

function answer(folder: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const {pathname} = new URL(request.url ?? '', 'http://127.0.0.1');
  const file = path.join(folder, ...pathname.split('/').map(decodeURIComponent));
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) return void response.writeHead(404).end();
  response.writeHead(200, {'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream'});
  fs.createReadStream(file).pipe(response);
}
