/** One set-up at a time, and the command that its running step has started. */
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {STATE, readText, root, say} from './files.mjs';

const LOCK = path.join(STATE, 'lock');

let locked = false;
let running;
let interrupted = false;

/** Waits until no other command sets up, and holds the lock from then on. */
export async function takeLock() {
  fs.mkdirSync(STATE, {recursive: true});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt(signal));
  for (let told = false; ; await new Promise((done) => setTimeout(done, 200))) {
    try {
      fs.writeFileSync(LOCK, lockText(), {flag: 'wx'});
      locked = true;
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readText(LOCK);
    if (isStale(holder)) takeAway(holder);
    else if (!told && holder) {
      say(`Another command (process ${JSON.parse(holder).pid}) is setting up; waiting for it to finish.\n`);
      told = true;
    }
  }
}

/** Waits for the running step to end, so that the lock is not given up while it still works. */
function interrupt(signal) {
  if (running) running.kill(interrupted ? 'SIGKILL' : signal);
  interrupted = true;
  if (!running) leave();
}

function leave() {
  release();
  say('\nSet-up interrupted; the next command completes it.\n');
  process.exit(130);
}

/** Who holds it, with the step that runs: after a kill that step may still be at work. */
function lockText() {
  return JSON.stringify({pid: process.pid, child: running ? running.pid : 0, booted: bootTime()});
}

function isStale(text) {
  let lock;
  try {
    lock = JSON.parse(text);
  } catch {
    // Empty for the moment between its making and its writing; for longer, its maker was killed.
    const stat = fs.statSync(LOCK, {throwIfNoEntry: false});
    return stat !== undefined && Date.now() - stat.mtimeMs > 2000;
  }
  if (Math.abs(lock.booted - bootTime()) > 60) return true; // numbers of processes from before a restart
  return !isAlive(lock.pid) && !(lock.child && isAlive(lock.child));
}

/** By a rename, which only one of several waiting commands can do. */
function takeAway(text) {
  const mine = `${LOCK}.${process.pid}`;
  try {
    fs.renameSync(LOCK, mine);
    if (readText(mine) !== text) fs.linkSync(mine, LOCK); // it was someone's fresh one: give it back
  } catch {
    // Another command was faster; the loop looks again.
  }
  fs.rmSync(mine, {force: true});
}

export function release() {
  if (locked) fs.rmSync(LOCK, {force: true});
  locked = false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readText(`/proc/${pid}/stat`)); // ended, in a container where nobody asks after it
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function bootTime() {
  return Math.round(Date.now() / 1000 - os.uptime());
}

/** Exit code of a command whose words go to `log`, or to stderr without one; 127 when it does not exist. */
export function run(command, args, log, options) {
  return new Promise((resolve) => {
    const sink = log ? fs.openSync(log, 'w') : 2;
    const child = spawn(command, args, {
      ...options,
      cwd: root,
      stdio: ['ignore', sink, sink],
      windowsHide: true,
    });
    running = child;
    if (locked && child.pid) fs.writeFileSync(LOCK, lockText());
    const finish = (code) => {
      running = undefined;
      if (log) fs.closeSync(sink);
      if (interrupted) leave();
      resolve(code);
    };
    child.on('error', () => finish(127));
    child.on('exit', (code) => finish(code === null ? 1 : code));
  });
}
