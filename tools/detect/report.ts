/** What was found, as one page that needs nothing else: to read, print and pass on. */
import * as path from 'node:path';
import {cellText, column, counted, source, type Table} from '../../lib/data/tables/table';
import type {TableDetector, Verdict} from '../../lib/detection/table-detector';
import type {Figure} from '../../lib/plot/figure';
import {toPng} from '../../lib/plot/render';
import {escapeXml} from '../../lib/plot/xml';
import {blameFigure, pValueFigure, scoreFigure} from './figures';
import {percent} from './quality';

const STRANGEST = 10;
/** A word that may be broken, so that a table stays on the page. */
const LONG_WORD = /\S{30}/;

export interface Report {
  guard: TableDetector;
  table: Table;
  verdicts: readonly Verdict[];
  /** The sentences that are said on the terminal too. */
  lines: readonly string[];
  id?: string;
  falseDiscoveries?: number;
  /** The file that holds the scores. */
  scores: string;
}

export async function reportPage(report: Report): Promise<string> {
  const {guard, table, verdicts, lines, falseDiscoveries} = report;
  const flagged = verdicts.filter(({flag}) => flag);
  const file = path.basename(report.scores);
  const threshold =
    falseDiscoveries === undefined || flagged.length === 0
      ? guard.threshold
      : flagged.reduce((least, {score}) => Math.min(least, score), Infinity);
  const blame = blameFigure(verdicts);
  const title = `Anomalies in ${source(table)}`;
  const sections = [
    `<h1>${text(title)}</h1>`,
    `<ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul>`,
    '<h2>The strangest rows</h2>',
    `<p>${text(partOf(verdicts, flagged.length, file))}</p>`,
    strangest(report),
    '<h2>Scores</h2>',
    '<p>The larger a score, the stranger the row. Calibration rows are normal ones that the method has not learned from; right of the dashed line, rows are flagged.</p>',
    await image(scoreFigure(guard, verdicts, threshold)),
    ...(blame ? await blamed(blame, file) : []),
    ...(verdicts.length > 1 ? await spread(verdicts) : []), // one row has no spread
    '<h2>How it was done</h2>',
    `<p>Method ${text(guard.detector.method)}, options ${text(optionsText(guard.detector.config))}; ${guard.calibration.length} calibration rows; at most ${percent(guard.falseAlarms)} false alarms promised.</p>`,
    `<details><summary>What was done with each column</summary>${columnTable(guard)}</details>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin-top: 2rem; }
img { max-width: 100%; height: auto; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
th, .word { white-space: nowrap; }
.long { overflow-wrap: anywhere; min-width: 10rem; }
@media (max-width: 40rem) {
  img { max-width: none; }
  .rows thead { display: none; } .rows tr { display: block; border-bottom: 1px solid #ddd; padding: 0.4rem 0; }
  .rows td { display: block; border: 0; padding: 0; } .rows td::before { content: attr(data-name) ': '; color: #666; }
}
li, p { overflow-wrap: anywhere; }
</style>
</head>
<body>
${sections.join('\n')}
</body>
</html>
`;
}

function optionsText(config: object): string {
  const told = Object.entries(config).filter(([name, value]) => name !== 'progress' && value !== null);
  return told.map(([name, value]) => `${name} ${String(value)}`).join(', ') || 'none';
}

function strangest({table, verdicts, id}: Report): string {
  const names = ['row', ...(id === undefined ? [] : [id]), 'score', 'p-value', 'flagged', 'because of'];
  const places = Array.from(verdicts.keys()).sort((a, b) => verdicts[b].score - verdicts[a].score);
  const rows = places.slice(0, STRANGEST).map((i) => {
    const {score, pValue, flag, reasons, unseen} = verdicts[i];
    const why = reasons
      .filter(({share}) => Math.round(100 * share) > 0)
      .map(
        ({column: name, share}) =>
          `${name} = ${short(cellText(column(table, name), i)) || 'missing'} (${Math.round(100 * share)} %)`,
      );
    return [
      String(i + 1),
      ...(id === undefined ? [] : [cellText(column(table, id), i)]),
      String(Number(score.toPrecision(4))),
      String(Number(pValue.toPrecision(2))),
      flag ? 'yes' : 'no',
      [...why, ...(unseen.length > 0 ? [`never seen: ${unseen.join(', ')}`] : [])].join('; '),
    ];
  });
  return tableOf(names, rows, 'rows');
}

// A number to six digits, which is enough to recognise it; anything else as it is.
function short(cell: string): string {
  const value = Number(cell);
  return cell.length > 8 && Number.isFinite(value) ? String(Number(value.toPrecision(6))) : cell;
}

/** "10 of 63 flagged rows; all are in scores.csv.", or where no more are flagged: of all rows. */
function partOf(verdicts: readonly Verdict[], flagged: number, file: string): string {
  const shown = Math.min(STRANGEST, verdicts.length);
  if (flagged > shown) return `${shown} of ${flagged} flagged rows; all are in ${file}.`;
  const of =
    shown < verdicts.length ? `${shown} of ${counted(verdicts.length, 'row')}` : counted(shown, 'row');
  return `${of}, ${flagged} flagged; all are in ${file}.`;
}

async function blamed(
  {drawn, shown, columns}: NonNullable<ReturnType<typeof blameFigure>>,
  file: string,
): Promise<string[]> {
  const part = shown < columns ? ` ${shown} of ${columns} columns; all are in ${file}.` : '';
  return ['<h2>Columns to blame</h2>', `<p>Of the flagged rows only.${text(part)}</p>`, await image(drawn)];
}

async function spread(verdicts: readonly Verdict[]): Promise<string[]> {
  return [
    '<h2>p-values</h2>',
    '<p>A p-value is the share of normal rows at least as strange. Were all new rows normal, the line would follow the diagonal. Where it lies above it on the left there are anomalies; where it does so all the way, the new rows differ from the training rows as a whole.</p>',
    await image(pValueFigure(verdicts)),
  ];
}

function columnTable(guard: TableDetector): string {
  const rows = guard.encoder.described.map(({column: name, words}) => [name, words]);
  return tableOf(['column', 'what was done'], rows, 'columns');
}

function tableOf(names: readonly string[], rows: readonly string[][], kind: string): string {
  const cell = (content: string, k: number) =>
    `<td data-name="${escapeXml(names[k])}"${wordClass(content)}>${text(content)}</td>`;
  const head = names.map((name) => `<th>${text(name)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('');
  return `<div class="wide" tabindex="0"><table class="${kind}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

// A single word stands whole, an id with hyphens too, unless it is too long for that.
function wordClass(content: string): string {
  if (LONG_WORD.test(content)) return ' class="long"';
  return /\s/.test(content) ? '' : ' class="word"';
}

async function image(figure: Figure): Promise<string> {
  const data = (await toPng(figure)).toString('base64');
  return `<div class="wide" tabindex="0"><img src="data:image/png;base64,${data}" width="${figure.width}" height="${figure.height}" alt="${escapeXml(figure.alt)}"></div>`;
}

/** A cell as it stands, at a length that leaves a table readable. */
function text(content: string): string {
  return escapeXml(content.length > 2000 ? `${content.slice(0, 2000)}…` : content);
}
