/** A browser for tests of pages, where the machine has one. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {chromium, type Browser} from 'playwright-core';

/** No sandbox, as tests may run as root; and nothing that Chromium would fetch for itself. */
const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync';

/** The program named by CHROMIUM_PATH, or found where systems keep it; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const {CHROMIUM_PATH, PATH = '', ProgramFiles = '', LOCALAPPDATA = ''} = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = PATH.split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)));
  const programs = [ProgramFiles, process.env['ProgramFiles(x86)'] ?? '', LOCALAPPDATA].filter(
    (folder) => folder !== '',
  );
  const elsewhere = [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ...programs.map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
    ...programs.map((folder) => path.join(folder, 'Chromium', 'Application', 'chrome.exe')),
  ];
  return [...onPath, ...elsewhere].find((file) => fs.existsSync(file));
}

/** A browser with a fresh profile, which goes when it is closed. */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({executablePath, headless: true, args: ARGUMENTS.split(' ')});
}
