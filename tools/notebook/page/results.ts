/** The numbers of lessons as tables. */
import type {Results} from '../../../lib/lesson/results';
import {formatValue} from '../../../lib/lesson/table';
import {Html, markup} from './markup';

/** A lesson's results: ours, published, source; and the run that they come from. The heading is a part's or a smaller one. */
export function resultsSection(results: Results, heading: 'h2' | 'h3'): Html {
  return markup`<section class="results" aria-labelledby="results">
<${new Html(heading)} id="results">Results of this run</${new Html(heading)}>
<p>${circumstances(results)}</p>
${resultsTable([{results}])}
</section>`;
}

/** One table for several lessons, each under its title; a single lesson needs none. */
export function resultsTable(lessons: readonly {results: Results; title?: Html}[]): Html {
  return markup`<div class="scroll"><table class="numbers">
<thead><tr><th scope="col">metric</th><th scope="col" class="number">ours</th><th scope="col" class="number">published</th><th scope="col">unit</th><th scope="col">source</th></tr></thead>
${lessons.map(({results, title}) => rows(results, title))}
</table></div>`;
}

/** For example "Profile standard, 44 s on the engine native, Node 20.20.2, TensorFlow.js 4.22.0, seed 1." */
export function circumstances({profile, seconds, engine, versions, seed}: Results): string {
  const {node, tfjs} = versions ?? {};
  const parts = [
    `Profile ${profile}`,
    `${Math.round(seconds)} s on the engine ${engine}`,
    ...(node ? [`Node ${node}`] : []),
    ...(tfjs ? [`TensorFlow.js ${tfjs}`] : []),
    `seed ${seed}`,
  ];
  return `${parts.join(', ')}.`;
}

function rows({metrics}: Results, title?: Html): Html {
  const heading = title && markup`<tr><th scope="rowgroup" colspan="5">${title}</th></tr>`;
  return markup`<tbody>${heading}${metrics.map(
    ({name, value, unit, better, published}) => markup`
<tr><th scope="row">${name}</th><td class="number">${formatValue(value)}</td><td class="number">${published ? formatValue(published.value) : '–'}</td><td>${unit}, ${better} is better</td><td>${published?.source ?? ''}</td></tr>`,
  )}
</tbody>`;
}
