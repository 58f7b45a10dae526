/**
 * `npm run bench`: the steps of seven trainings, ours beside tfjs-node's own and PyTorch's, taken in turns
 * so that a busy moment of the machine meets all of them; a table, and the numbers in JSON beside it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {parseArgs} from 'node:util';
import {assertChoice, assertInteger} from '../../lib/check';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {withTable} from '../figures/readme';
import {lessonName, lessonPaths, runLesson, writeWhole} from '../notebook/lesson';
import {Peers, type Mode} from './peers';
import {formatTable, README_MARKS, readmeTable, summarize, type Report, type Row} from './report';
import {callOverhead, compiledTraining, eagerTraining, matMulRate} from './trainings';
import {workloads, type Workload} from './workloads';

const HELP = `npm run bench [-- WORKLOAD ...]   step times: tfjs-node, ours, PyTorch, torch.compile

  WORKLOAD          ${workloads.map(({name}) => name).join(', ')} (default: all)
  --rounds N        turns that each of the four takes (default: 10)
  --steps N         steps in a turn (default: 10)
  --python PROGRAM  a Python with PyTorch (default: python3); without one its columns stay empty
  --no-peers        leaves PyTorch out, whose compiler takes some three minutes
  --lessons         also runs every lesson in the standard profile and tells its time
  --store           also keeps them in tools/bench/results.json and puts the table into the README
  --out FILE        where the numbers go (default: out/bench.json)
  --help            this text`;

async function main(): Promise<void> {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      rounds: {type: 'string', default: '10'},
      steps: {type: 'string', default: '10'},
      python: {type: 'string', default: 'python3'},
      'no-peers': {type: 'boolean', default: false},
      lessons: {type: 'boolean', default: false},
      out: {type: 'string', default: path.join('out', 'bench.json')},
      store: {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  if (values.help) return console.log(HELP);
  const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
  assertInteger('rounds', rounds);
  assertInteger('steps', steps);
  const names = workloads.map(({name}) => name);
  positionals.forEach((name) => assertChoice('workload', name, names));
  const chosen = workloads.filter(({name}) => positionals.length === 0 || positionals.includes(name));

  await tf.ready();
  console.log(tf.engine.description);
  const peers = values['no-peers'] ? 'left out' : await Peers.start(values.python, tf.engine.threads);
  console.log(
    peers instanceof Peers ? `PyTorch ${peers.version}` : `PyTorch: its columns stay empty (${peers})`,
  );
  const rows: Row[] = [];
  const rates: number[] = [];
  try {
    for (const [i, workload] of chosen.entries()) {
      rates.push(matMulRate());
      const said = (what: string) => progress(`${workload.title}, ${i + 1} of ${chosen.length}: ${what}`);
      rows.push(await measure(workload, peers instanceof Peers ? peers : undefined, {rounds, steps, said}));
    }
  } finally {
    if (peers instanceof Peers) peers.stop();
  }
  const gflops = Math.max(...rates);
  rows.forEach((row, i) => (row.bound = chosen[i].flop / gflops / 1e6));
  progress('');
  console.log(formatTable(rows));
  const overhead = summarize(callOverhead());
  console.log(
    `matrix products: ${gflops.toFixed(0)} GFLOP/s; a call that does nothing: ${overhead.median.toFixed(3)} ms`,
  );
  const lessons = values.lessons ? await lessonTimes() : {};
  const report: Report = {
    engine: tf.engine.description,
    torch: peers instanceof Peers ? peers.version : null,
    threads: tf.engine.threads,
    gflops,
    callOverhead: overhead,
    rows,
    lessons,
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  fs.mkdirSync(path.dirname(path.resolve(values.out)), {recursive: true});
  writeWhole(values.out, text);
  if (values.store) store(report, text);
  console.log(`The numbers are in ${values.out}`);
}

function store(report: Report, text: string): void {
  writeWhole(path.join(projectRoot, 'tools', 'bench', 'results.json'), text);
  const readme = path.join(projectRoot, 'README.md');
  writeWhole(readme, withTable(fs.readFileSync(readme, 'utf8'), readmeTable(report), README_MARKS));
}

interface Turns {
  rounds: number;
  steps: number;
  said: (what: string) => void;
}

async function measure(
  workload: Workload,
  peers: Peers | undefined,
  {rounds, steps, said}: Turns,
): Promise<Row> {
  const modes: Mode[] = [];
  for (const mode of ['eager', 'compile'] as const) {
    if (!peers) break;
    said(`PyTorch prepares, ${mode}`);
    const prepared = await peers.prepare(workload.name, mode);
    if (typeof prepared === 'number') modes.push(mode);
    else console.error(`\rPyTorch, ${workload.name}, ${mode}: ${prepared}`);
  }
  const before = process.memoryUsage.rss();
  const ours = compiledTraining(workload);
  ours.run(3 * steps);
  const memory = (process.memoryUsage.rss() - before) / 2 ** 20;
  const eager = eagerTraining(workload);
  eager.run(3);
  const times: Record<'eager' | 'ours' | 'torch' | 'compiled', number[]> = {
    eager: [],
    ours: [],
    torch: [],
    compiled: [],
  };
  for (let round = 1; round <= rounds; round++) {
    said(`round ${round} of ${rounds}`);
    times.eager.push(...eager.run(steps));
    times.ours.push(...ours.run(steps));
    for (const mode of modes) {
      times[mode === 'eager' ? 'torch' : 'compiled'].push(...(await peers!.run(workload.name, mode, steps)));
    }
  }
  ours.dispose();
  eager.dispose();
  return {
    workload: workload.name,
    title: workload.title,
    eager: summarize(times.eager),
    ours: summarize(times.ours),
    ...(times.torch.length > 0 ? {torch: summarize(times.torch)} : {}),
    ...(times.compiled.length > 0 ? {compiled: summarize(times.compiled)} : {}),
    bound: NaN, // known when the fastest product of the whole run is
    recording: ours.first,
    memory,
  };
}

async function lessonTimes(): Promise<Record<string, number>> {
  const seconds: Record<string, number> = {};
  for (const file of lessonPaths()) {
    const result = await runLesson(file, {profile: 'standard', timeout: 3600});
    if (result.ok) seconds[lessonName(file)] = result.seconds;
  }
  return seconds;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
