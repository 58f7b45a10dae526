/** The packages: npm ci, when node_modules does not hold what package-lock.json names. */
import fs from 'node:fs';
import path from 'node:path';
import {run} from './command.mjs';
import {STATE, Stop, at, needSpace, readJson, statsOf, writeJson} from './files.mjs';

const ASIDE = path.join(STATE, 'node_modules.old');
const STAMP = path.join(STATE, 'installed.json');
const INPUTS = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'];

export function isInstalled() {
  const stamp = readJson(STAMP);
  return stamp !== undefined && JSON.stringify(stamp) === JSON.stringify(statsOf(INPUTS));
}

/** An `npm ci` by hand, or a file that was only touched, needs no second installation. */
export function adoptInstalled() {
  if (!holdsLockedPackages()) return false;
  writeJson(STAMP, statsOf(INPUTS));
  fs.rmSync(ASIDE, {recursive: true, force: true});
  return true;
}

/** npm writes node_modules/.package-lock.json last: what it lists is there. */
function holdsLockedPackages() {
  const wanted = readJson(at('package-lock.json'));
  const present = readJson(at('node_modules', '.package-lock.json'));
  if (!wanted?.packages?.['']) {
    throw new Stop('package-lock.json cannot be read; "git checkout package-lock.json" brings it back');
  }
  if (!present) return false;
  const own = readJson(at('package.json'));
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const text = (list) => JSON.stringify(Object.entries(list ?? {}).sort());
    if (text(own[kind]) !== text(wanted.packages[''][kind])) return false;
  }
  return Object.keys(wanted.packages).every((name) => {
    const here = present.packages?.[name];
    const entry = wanted.packages[name];
    return (
      name === '' || (here ? here.version === entry.version : Boolean(entry.optional || entry.devOptional))
    );
  });
}

export async function install() {
  needSpace(1.2e9);
  fs.rmSync(STAMP, {force: true});
  // npm ci begins by deleting node_modules: without a network the old one would be lost.
  if (fs.existsSync(at('node_modules', '.package-lock.json'))) moveAside();
  const log = path.join(STATE, 'npm.log');
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'];
  const code = await runNpm(
    [...args, '--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--prefer-offline'],
    log,
  );
  if (code !== 0) {
    const said = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
    fs.rmSync(at('node_modules'), {recursive: true, force: true});
    if (fs.existsSync(ASIDE)) fs.renameSync(ASIDE, at('node_modules'));
    throw new Stop(explainNpm(said, code));
  }
  if (!adoptInstalled()) throw new Stop(`npm reported success, but packages are missing; see ${log}`);
}

function moveAside() {
  try {
    fs.rmSync(ASIDE, {recursive: true, force: true});
    fs.renameSync(at('node_modules'), ASIDE);
  } catch {
    // A file in use (Windows): npm then says so itself, or succeeds. A kill must not leave its list behind.
    fs.rmSync(at('node_modules', '.package-lock.json'), {force: true});
  }
}

function runNpm(args, log) {
  // Under `npm start` npm names its own script, which is started without a shell on every system.
  const script = process.env.npm_execpath || '';
  if (path.basename(script) === 'npm-cli.js') return run(process.execPath, [script, ...args], log);
  return run('npm', args, log, {shell: process.platform === 'win32'});
}

function explainNpm(said, code) {
  const has = (pattern) => pattern.test(said);
  if (code === 127) return 'npm was not found; it comes with Node.js from https://nodejs.org';
  if (has(/ENOSPC/)) return 'the disk is full; free 2 GB and run the command again';
  if (has(/EUSAGE|can only install packages when/)) {
    return 'package.json and package-lock.json do not agree; run "npm install" if you changed package.json';
  }
  if (has(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|SOCKET_TIMEOUT|ENOTCACHED/)) {
    return (
      'the package registry cannot be reached. Connect to the network (behind a proxy: npm config set proxy; ' +
      'for a mirror: npm config set registry) and run the command again; nothing has been changed'
    );
  }
  if (has(/CERT|SELF_SIGNED/))
    return "the registry's certificate is not trusted; set NODE_EXTRA_CA_CERTS to your proxy's";
  if (has(/EINTEGRITY/))
    return 'a package arrived damaged; run "npm cache verify" and then the command again';
  const tail = said.split('\n').filter((line) => line && !/npm (warn|http)/i.test(line));
  return `npm ci failed. The end of .course/npm.log:\n${tail.slice(-15).join('\n')}`;
}
