/**
 * Brings a fresh clone to a built, working state, and costs next to nothing when it is in one:
 *
 *   packages   npm ci, when node_modules does not hold what package-lock.json names
 *   build      the TypeScript compiler, when a source has changed
 *   engine     tools/engine/install.ts, when it is not known what runs the tensors
 *
 * Each phase is told by its results: a stamp is removed before the phase starts and written after it is
 * whole. So the next command completes whatever a kill, a closed lid or a full disk has interrupted.
 * Only Node's own modules are used, because nothing else is there yet. This file is written so that
 * Node 12 can read it and say that it is too old; the files it imports need not be.
 */
import fs from 'fs';
import path from 'path';
import {fileURLToPath} from 'url';

if (isCurrentNode()) {
  main().catch((error) => {
    process.stderr.write(`\nSet-up stopped: ${explain(error)}\n`);
    process.exit(1);
  });
} else {
  process.exitCode = 1;
}

function isCurrentNode() {
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).engines.node.replace(
    '>=',
    '',
  );
  const parts = (version) => version.split('.').map(Number);
  const [present, least] = [parts(process.versions.node), parts(wanted)];
  const i = [0, 1, 2].find((k) => present[k] !== least[k]);
  if (i === undefined || present[i] > least[i]) return true;
  process.stderr.write(
    `Node.js ${wanted} or later is needed, and this is ${process.versions.node}. Install a current one ` +
      'from https://nodejs.org or with your version manager, then run the command again.\n',
  );
  return false;
}

async function main() {
  const {isInstalled, adoptInstalled, install} = await import('./bootstrap/packages.mjs');
  const {isBuilt, build} = await import('./bootstrap/build.mjs');
  const {isEngineKnown, findEngine} = await import('./bootstrap/engine.mjs');
  const phases = [
    {
      name: 'installing the packages, about 1 minute',
      isDone: isInstalled,
      adopt: adoptInstalled,
      run: install,
    },
    {name: 'building lib, tools and tests, about 15 seconds', isDone: isBuilt, run: build},
    {
      name: 'finding the TensorFlow library, up to 3 minutes the first time',
      isDone: isEngineKnown,
      run: findEngine,
    },
  ];
  if (phases.every((phase) => phase.isDone())) return;

  const {takeLock, release} = await import('./bootstrap/command.mjs');
  await takeLock();
  try {
    for (const [i, phase] of phases.entries()) {
      if (phase.isDone() || (phase.adopt && phase.adopt())) continue;
      const start = Date.now();
      process.stderr.write(`Set-up, step ${i + 1} of ${phases.length}: ${phase.name} ...`);
      await phase.run();
      if (!phase.isDone()) throw new Error('its result is not complete; run the command again');
      process.stderr.write(` done in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
    }
  } finally {
    release();
  }
}

function explain(error) {
  if (error.code === 'ENOSPC') return 'the disk is full; free 2 GB and run the command again';
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return `${error.path} cannot be written to`;
  return error.name === 'Stop' ? error.message : error.stack;
}
