/**
 * `npm test`: the unit tests, those of lib again on WebAssembly, then every lesson in the quick profile
 * through the kernel. The last line is `N passed, M failed`.
 */
import {fork} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';
import {engine} from '../../lib/tf';
import {lessonPaths, runLesson} from '../notebook/lesson';
import {buildSite} from '../notebook/page/site';
import type {Counts} from './reporter';

const LESSON_TIMEOUT_S = 300;

async function main(): Promise<void> {
  const began = Date.now();
  const total: Counts = {passed: 0, failed: 0, skipped: 0};
  const add = (counts: Counts) => {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  };

  console.log(`Unit tests: ${engine.description}`);
  add(await runMocha(['dist/test/**/*.test.js'], {}));
  if (engine.name === 'native') {
    console.log('The tests of lib again: WebAssembly');
    add(
      await runMocha(
        [
          'dist/test/{random,compile,data,layers,losses,models,train,metrics,detection,lesson}/**/*.test.js',
          'dist/test/engine/{matmul,gradients}.test.js',
        ],
        {
          COURSE_ENGINE: 'wasm',
        },
      ),
    );
  }
  console.log('Every lesson, quick profile');
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'course-lessons-'));
  try {
    for (const lesson of lessonPaths()) {
      const {ok} = await runLesson(lesson, {profile: 'quick', out, timeout: LESSON_TIMEOUT_S});
      add({passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0});
    }
    console.log('A page of every lesson');
    const {pages, problems} = buildSite({from: out, to: out});
    problems.forEach((problem) => console.log(problem));
    add({passed: pages.size, failed: problems.size, skipped: 0});
  } finally {
    fs.rmSync(out, {recursive: true, force: true});
  }
  console.log(`${Math.round((Date.now() - began) / 1000)} s, ${total.skipped} skipped`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

function runMocha(files: string[], environment: NodeJS.ProcessEnv): Promise<Counts> {
  const mocha = require.resolve('mocha/bin/mocha.js');
  const spec = files.flatMap((pattern) => ['--spec', pattern]);
  const options = ['--no-config', '--require', 'dist/test/setup.js', '--timeout', '120000', '--exit'];
  return new Promise((resolve) => {
    let counts: Counts = {passed: 0, failed: 1, skipped: 0}; // unless it lives to say otherwise
    const child = fork(mocha, [...options, '--reporter', path.join(__dirname, 'reporter.js'), ...spec], {
      cwd: projectRoot,
      env: {...process.env, ...environment},
    });
    child.on('message', (message) => (counts = message as Counts));
    child.on('exit', (code) => resolve(code !== 0 && counts.failed === 0 ? {...counts, failed: 1} : counts));
  });
}

void main();
