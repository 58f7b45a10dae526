/** One figure of every standard kind, with titles and names as long as they get in lessons. */
import {barChart} from '../../lib/plot/bars';
import {errorByCodeSize, lossCurve} from '../../lib/plot/curves';
import type {DrawnFigure, PlotlyFigure} from '../../lib/plot/figure';
import {imageGrid, reconstructions} from '../../lib/plot/image-grid';
import {vectorField} from '../../lib/plot/field';
import {lineChart} from '../../lib/plot/lines';
import {matrix} from '../../lib/plot/matrix';
import {scoreHistogram} from '../../lib/plot/score-histogram';
import {scoreMap} from '../../lib/plot/score-map';
import {scatterByLabel} from '../../lib/plot/scatter';

/** n images of 28 × 28 pixels, each a slanted ramp from 0 to 1. */
export function ramps(n: number): Float32Array[] {
  return Array.from({length: n}, (_, k) =>
    Float32Array.from({length: 784}, (_, i) => (((i % 28) + k * Math.floor(i / 28)) % 28) / 27),
  );
}

/** A history whose loss halves at each epoch: 64, 32, … in training, half as much again in validation. */
export function history(epochs: number) {
  const terms = (factor: number, e: number) => {
    const total = (factor * 64) / 2 ** e;
    return {total, reconstruction: 0.75 * total, kl: 0.25 * total};
  };
  return {
    epochs: Array.from({length: epochs}, (_, e) => {
      return {epoch: e + 1, train: terms(1, e), validation: terms(1.5, e), learningRate: 1e-3, seconds: e};
    }),
  };
}

export const plotly: Record<string, PlotlyFigure> = {
  'a loss curve': lossCurve(history(6), {unit: 'squared error per image'}),
  'loss terms on a logarithmic axis': lossCurve(history(40), {
    terms: ['total', 'reconstruction', 'kl'],
    log: true,
    unit: 'nats per image',
    title:
      'A title that runs over the width of the figure: the three terms of the loss, training and validation',
  }),
  'points by class': scatterByLabel(
    Array.from({length: 300}, (_, i) => [(i % 10) + Math.sin(i), Math.cos(7 * i) + ((i % 10) % 4)]),
    Array.from({length: 300}, (_, i) => i % 10),
    {
      title: 'Ten classes',
      classNames: [...'0123456'.split(''), 'ankle boot', 'T-shirt or top', 'a long name of a class'],
    },
  ),
  'error by code size': errorByCodeSize([
    {name: 'PCA', codeSize: [2, 4, 8, 16, 32], error: [44, 37, 27, 20, 13]},
    {name: 'deep auto-encoder', codeSize: [2, 4, 8, 16, 32], error: [31, 22, 13, 7, 4]},
    {name: 'Hinton & Salakhutdinov 2006', codeSize: [30], error: [3], published: true},
  ]),
  'lines with spreads': lineChart(
    [
      {name: 'denoising', x: [0, 20, 40, 60, 80], y: [88, 91, 92, 93, 92.5], spread: [1, 0.8, 0.7, 0.6, 0.6]},
      {name: 'Vincent et al. 2010', x: [0, 25, 50], y: [89, 92, 91], published: true},
    ],
    {title: 'Corruption and code', xTitle: 'pixels hidden (%)', yTitle: 'right with 1,000 labels (%)'},
  ),
  'scores over the plane': scoreMap(
    Array.from({length: 21}, (_, i) => Array.from({length: 21}, (_, j) => Math.hypot(i - 10, j - 10) / 10)),
    {
      title: 'Distance from the middle',
      reach: 2,
      valueTitle: 'distance',
      points: [
        [0.1, 0.2],
        [-0.5, 0.3],
      ],
      marked: [[1, 1]],
      threshold: 0.5,
    },
  ),
  'scores of two groups': scoreHistogram(
    [
      {name: 'normal', scores: Array.from({length: 500}, (_, i) => Math.exp(Math.sin(i)))},
      {name: 'anomalies', scores: Array.from({length: 50}, (_, i) => Math.exp(4 + Math.sin(i)))},
    ],
    {title: 'Scores', scoreTitle: 'squared error', threshold: 5},
  ),
  'a field of arrows': vectorField(
    Array.from({length: 64}, (_, i) => [(i % 8) - 3.5, Math.floor(i / 8) - 3.5]),
    Array.from({length: 64}, (_, i) => [0.8 * ((i % 8) - 3.5), 0.8 * (Math.floor(i / 8) - 3.5)]),
    {title: 'Towards the middle', points: [[0, 0]]},
  ),
  bars: barChart(
    [
      {name: 'mean image', value: 52.7},
      {name: 'a model whose name takes two lines', value: 10},
      {name: 'Hinton & Salakhutdinov 2006', value: 3, published: true},
    ],
    {valueTitle: 'squared error per image (sum over pixels)', title: 'Error on the test set'},
  ),
  'bars on both sides of zero': barChart(
    [
      {name: 'down', value: -1234.5},
      {name: 'up', value: 2000},
    ],
    {valueTitle: 'difference (nats per image)'},
  ),
  'a matrix': matrix(
    [
      [980, 2, 3],
      [4, 1120, 8],
    ],
    {
      valueTitle: 'images',
      rowLabels: ['zero', 'one'],
      columnLabels: ['zero', 'one', 'two'],
      rowTitle: 'true class',
      columnTitle: 'nearest centroid',
    },
  ),
  'a matrix with negative numbers': matrix(
    Array.from({length: 10}, (_, i) => Array.from({length: 10}, (_, j) => Math.cos(i - 1.3 * j))),
    {valueTitle: 'correlation', rowTitle: 'code', columnTitle: 'factor', title: 'Codes and factors'},
  ),
};

export const drawn: Record<string, DrawnFigure> = {
  'an image grid': imageGrid(ramps(12), {
    columns: 5,
    labels: [3, 'a wide caption', 4, 1, 5, 9, 2, 6, 5, 3, 5, 8],
    rowLabels: ['clean', 'salt and pepper noise, strong', 'masked'],
    columnLabels: ['1', '2', '3', 'the fourth', '5'],
    title: 'Twelve ramps & a title that is longer than the grid is wide, so that it takes two lines',
  }),
  reconstructions: reconstructions({
    originals: ramps(10),
    rows: {'PCA-30 (linear auto-encoder)': ramps(10), blank: ramps(10).map((image) => image.map(() => 0.5))},
    squaredError: true,
    columnLabels: [...'0123456789'],
    title: 'Ten ramps and their reconstructions',
  }),
};
