/** Figures: a picture with its sentence, and plotly's own data for who wants to look closer. */
import {DRAWABLE} from '../../../lib/plot/figure';
import type {DataOutput, Json} from '../notebook';
import type {Draft} from './draft';
import {imageFile} from './images';
import type {Html} from './markup';
import {inertJson, markup} from './markup';

export const PLOTLY_MIME = 'application/vnd.plotly.v1+json';

/** The picture of an output, and a button that brings it alive where plotly's data are there; undefined without a picture. */
export function figureOf({data, metadata}: DataOutput, number: number, draft: Draft): Html | undefined {
  const mime = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml'].find((m) => data[m]);
  if (mime === undefined) return undefined;
  const content = String(data[mime]);
  const image = imageFile(Buffer.from(content, mime === 'image/svg+xml' ? 'utf8' : 'base64'));
  if (!image) return undefined;
  const {width, height} = {...image, ...(metadata[mime] as {width?: number; height?: number} | undefined)};
  const size = [width, height].every(Number.isFinite)
    ? markup` width="${width}" height="${height}"`
    : undefined;
  const alt = String(data['text/plain'] ?? '').trim() || `Figure ${number}`;
  const address = draft.keep(image);
  const img = markup`<img src="${address}" alt="${alt}"${size}>`;
  const live = liveData(data[PLOTLY_MIME]);
  // A link to the picture, so that a finger can open and enlarge it. A data: address may not be gone to.
  return markup`<figure class="figure">
<div class="picture">${image.bytes ? markup`<a href="${address}">${img}</a>` : img}</div>
${live && liveParts(live, number, alt)}</figure>`;
}

function liveParts(live: Html, number: number, alt: string): Html {
  return markup`<div class="live" role="group" aria-label="${alt}" hidden></div>
<p class="tools"><button type="button" hidden data-number="${number}">Explore figure ${number}</button></p>
<script type="application/json">${live}</script>
`;
}

/** What plotly gets, as inert text; undefined where it would not draw what the picture shows. */
function liveData(bundle: unknown): Html | undefined {
  const {data, layout} = (bundle ?? {}) as {data?: Json[]; layout?: Json};
  if (!Array.isArray(data) || data.length === 0 || typeof layout !== 'object') return undefined;
  if (!data.every((trace) => DRAWABLE.includes(trace?.type))) return undefined;
  // WebGL's programs are compiled from text, which the page forbids.
  const traces = data.map((trace) => (trace.type === 'scattergl' ? {...trace, type: 'scatter'} : trace));
  return inertJson(withoutLinks({data: traces, layout}));
}

// plotly reads a little HTML in its texts, links among it, and fetches pictures by their address.
function withoutLinks(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (key === 'source') return /^data:image\/(png|jpeg|gif|webp);/.test(value) ? value : '';
    return value.replace(/<\/?a\b[^>]*>?/gi, '');
  }
  if (Array.isArray(value)) return value.map((item) => withoutLinks(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutLinks(v, k)]));
}
