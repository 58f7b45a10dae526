/**
 * A small project for the set-up to work on: its npm, its compiler and its search for an engine are
 * scripts of a few lines that leave what the real ones leave, note each start in calls.log, and hang
 * while a file named slow-npm, slow-tsc or slow-engine lies in the project.
 */
import {spawn, type ChildProcess} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';

/** What a finished command has left. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

const WAIT = `
const fs = require('fs');
function startOf(name) {
  fs.appendFileSync('calls.log', name + '\\n');
  fs.writeFileSync('started', String(process.pid));
  while (fs.existsSync('slow-' + name)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}
`;

const NPM = `${WAIT}
fs.mkdirSync('node_modules/typescript/bin', {recursive: true});
startOf('npm');
if (fs.existsSync('npm-fails')) {
  console.error(fs.readFileSync('npm-fails', 'utf8'));
  process.exit(1);
}
fs.copyFileSync('fake-tsc.js', 'node_modules/typescript/bin/tsc');
fs.mkdirSync('node_modules/@tensorflow/tfjs-node', {recursive: true});
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

const TSC = `${WAIT}
const path = require('path');
startOf('tsc');
for (const name of fs.readdirSync('.', {recursive: true})) {
  if (!/^(lib|tools|test).*\\.ts$/.test(name)) continue;
  const text = fs.readFileSync(name, 'utf8');
  if (text.includes('WRONG')) {
    console.log(name + '(1,1): error TS1000: it is wrong');
    process.exit(1);
  }
  const target = path.join('dist', name.replace(/ts$/, 'js'));
  fs.mkdirSync(path.dirname(target), {recursive: true});
  fs.writeFileSync(target, text);
}
`;

const ENGINE = `${WAIT}
startOf('engine');
const seen = {engine: 'wasm', platform: process.platform + '-' + process.arch, files: {}};
fs.writeFileSync('node_modules/@tensorflow/tfjs-node/course-engine.json', JSON.stringify(seen));
`;

/** The project, in a folder of its own whose name has a blank and a letter beyond ASCII. */
export class Project {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'set-up é-'));
  private readonly children: ChildProcess[] = [];

  constructor() {
    for (const part of ['bootstrap.mjs', 'bootstrap']) {
      fs.cpSync(path.join(projectRoot, 'tools', part), this.path('tools', part), {recursive: true});
    }
    this.write('package.json', JSON.stringify({engines: {node: '>=20.0.0'}}));
    this.write('package-lock.json', JSON.stringify(lockWith('1.0.0')));
    this.write('tsconfig.json', '{}');
    this.write('npm-cli.js', NPM);
    this.write('fake-tsc.js', TSC);
    this.write('tools/engine/install.ts', ENGINE);
    this.write('lib/one.ts', '1;');
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(this.path(file)), {recursive: true});
    fs.writeFileSync(this.path(file), text);
  }

  remove(file: string): void {
    fs.rmSync(this.path(file), {recursive: true, force: true});
  }

  has(file: string): boolean {
    return fs.existsSync(this.path(file));
  }

  /** The steps that ran since the last call, e.g. ["npm", "tsc", "engine"]. */
  calls(): string[] {
    const text = this.has('calls.log') ? fs.readFileSync(this.path('calls.log'), 'utf8') : '';
    this.remove('calls.log');
    return text.split('\n').filter(Boolean);
  }

  /** Starts the set-up; `ended` resolves with what it said. */
  start(env: NodeJS.ProcessEnv = {}): {child: ChildProcess; ended: Promise<Outcome>} {
    const child = spawn(process.execPath, [this.path('tools', 'bootstrap.mjs')], {
      env: {...process.env, COURSE_ENGINE: 'auto', npm_execpath: this.path('npm-cli.js'), ...env},
    });
    this.children.push(child);
    const outcome: Outcome = {code: null, stdout: '', stderr: ''};
    child.stdout.on('data', (chunk) => (outcome.stdout += chunk));
    child.stderr.on('data', (chunk) => (outcome.stderr += chunk));
    return {child, ended: new Promise((resolve) => child.on('exit', (code) => resolve({...outcome, code})))};
  }

  setUp(env?: NodeJS.ProcessEnv): Promise<Outcome> {
    return this.start(env).ended;
  }

  /** Starts the set-up with one step slow, and waits until that step runs; its process number. */
  async startUntil(step: string): Promise<{child: ChildProcess; ended: Promise<Outcome>; stepPid: number}> {
    this.remove('started');
    this.write(`slow-${step}`, '');
    const command = this.start();
    const text = (file: string) => (this.has(file) ? fs.readFileSync(this.path(file), 'utf8') : '');
    for (let i = 0; !text('calls.log').includes(step) || !text('started'); i++) {
      if (i === 500) throw new Error(`the step ${step} did not start within 10 seconds`);
      await pause();
    }
    return {...command, stepPid: Number(fs.readFileSync(this.path('started'), 'utf8'))};
  }

  dispose(): void {
    for (const step of ['npm', 'tsc', 'engine']) this.remove(`slow-${step}`);
    for (const child of this.children) child.kill('SIGKILL');
    fs.rmSync(this.folder, {recursive: true, force: true, maxRetries: 5});
  }
}

/** A lock file that asks for one package in this version. */
export function lockWith(version: string): object {
  return {packages: {'': {}, 'node_modules/typescript': {version}}};
}

/** Long enough for another process to get on. */
export function pause(milliseconds = 20): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
