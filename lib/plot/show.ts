/** Where figures go: into the notebook, and into files. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as display from '../display';
import type {Figure} from './figure';
import {toPng, toSvg} from './render';

/**
 * Shows a figure in the running notebook cell, as one bundle: interactive where plotly runs (VS Code), a
 * PNG elsewhere, a sentence for those who cannot see it. Outside a notebook it does nothing.
 */
export async function show(figure: Figure): Promise<void> {
  if (!display.inNotebook()) return;
  // The PNG has twice the figure's pixels, to be sharp; the page is told the size meant.
  const {width, height} = figure;
  display.show(await bundle(figure), {'image/png': {width, height}});
}

// No advertisement, and no button that would send the reader's figure to plotly's own server.
const CONFIG = {displaylogo: false, modeBarButtonsToRemove: ['sendChartToCloud', 'sendDataToCloud']};

/** The bundle of a figure by MIME type, to be shown or to replace one that is shown. */
export async function bundle(figure: Figure): Promise<display.Bundle> {
  const {alt} = figure;
  const png = (await toPng(figure)).toString('base64');
  if (figure.kind === 'drawn') return {'image/png': png, 'text/plain': alt};
  const {data, layout} = figure;
  const plotly = {data, layout, config: CONFIG};
  return {'application/vnd.plotly.v1+json': plotly, 'image/png': png, 'text/plain': alt};
}

/**
 * Writes a figure as `<stem>.svg`, for slides and print, and `<stem>.png`. Folders are made. Each file is
 * written under another name and renamed when whole: an older one is replaced by a complete one or not at all.
 *
 * @param stem the path without extension, e.g. 'figures/01-autoencoder/loss'
 * @returns the two paths
 */
export async function save(figure: Figure, stem: string): Promise<{svg: string; png: string}> {
  if (/\.(svg|png)$/i.test(stem)) {
    throw new TypeError(
      `stem: expected a path without extension, as both .svg and .png are written, got ${stem}`,
    );
  }
  const files: [string, string | Buffer][] = [
    [`${stem}.svg`, await toSvg(figure)],
    [`${stem}.png`, await toPng(figure)],
  ];
  await fs.mkdir(path.dirname(stem), {recursive: true});
  for (const [file, content] of files) {
    const partial = `${file}.${process.pid}.partial`;
    try {
      await fs.writeFile(partial, content);
      await fs.rename(partial, file);
    } catch (error) {
      await fs.rm(partial, {force: true});
      throw error;
    }
  }
  return {svg: files[0][0], png: files[1][0]};
}
