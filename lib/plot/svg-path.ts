/**
 * The outline of an SVG path as points, with curves cut into short straight pieces: enough to measure
 * lengths and boxes. Path syntax and the arc formulas: SVG 1.1, chapter 8 and appendix F.6.5,
 * https://www.w3.org/TR/SVG11/implnote.html#ArcImplementationNotes
 */

/** A point of the outline; `jump` marks one that is reached with the pen lifted. */
export interface PathPoint {
  x: number;
  y: number;
  jump: boolean;
}

const PIECES = 16; // per curve; a quarter circle of radius 100 px is then right to 0.03 px

/** The points of a path's `d` attribute. Text that is no path gives the points read so far. */
export function pathPoints(d: string): PathPoint[] {
  const points: PathPoint[] = [];
  const tokens = d.match(/[a-df-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? [];
  let at = 0;
  let [x, y] = [0, 0]; // where the pen is
  let [startX, startY] = [0, 0]; // where the sub-path began
  let control: [number, number] | undefined; // of the curve before, for S and T
  const number = () => Number(tokens[at++]);
  const lineTo = (toX: number, toY: number, jump = false) => {
    [x, y] = [toX, toY];
    points.push({x, y, jump});
  };
  const cubicTo = (x1: number, y1: number, x2: number, y2: number, toX: number, toY: number) => {
    const [x0, y0] = [x, y];
    for (let i = 1; i <= PIECES; i++) {
      const t = i / PIECES;
      const u = 1 - t;
      const [a, b, c, e] = [u ** 3, 3 * u * u * t, 3 * u * t * t, t ** 3];
      lineTo(a * x0 + b * x1 + c * x2 + e * toX, a * y0 + b * y1 + c * y2 + e * toY);
    }
  };

  let command = '';
  while (at < tokens.length) {
    if (/[a-z]/i.test(tokens[at])) command = tokens[at++];
    else if (command === '' || /z/i.test(command)) break;
    const relative = command === command.toLowerCase();
    const [baseX, baseY] = relative ? [x, y] : [0, 0];
    const pair = (): [number, number] => [baseX + number(), baseY + number()];
    const mirrored = (): [number, number] => (control ? [2 * x - control[0], 2 * y - control[1]] : [x, y]);
    let nextControl: [number, number] | undefined;
    switch (command.toUpperCase()) {
      case 'M':
        [startX, startY] = pair();
        lineTo(startX, startY, true);
        command = relative ? 'l' : 'L'; // further pairs are lines
        break;
      case 'L':
        lineTo(...pair());
        break;
      case 'H':
        lineTo(baseX + number(), y);
        break;
      case 'V':
        lineTo(x, baseY + number());
        break;
      case 'C':
      case 'S': {
        const first = command.toUpperCase() === 'C' ? pair() : mirrored();
        nextControl = pair();
        cubicTo(...first, ...nextControl, ...pair());
        break;
      }
      case 'Q':
      case 'T': {
        const [qx, qy] = (nextControl = command.toUpperCase() === 'Q' ? pair() : mirrored());
        const [toX, toY] = pair();
        const third = (from: number, to: number) => from + (2 / 3) * (to - from);
        cubicTo(third(x, qx), third(y, qy), third(toX, qx), third(toY, qy), toX, toY);
        break;
      }
      case 'A': {
        const [rx, ry, tilt, large, sweep] = [number(), number(), number(), number(), number()];
        const [toX, toY] = pair();
        for (const p of arc(x, y, rx, ry, tilt, large !== 0, sweep !== 0, toX, toY)) lineTo(p[0], p[1]);
        break;
      }
      case 'Z':
        lineTo(startX, startY);
        break;
      default:
        return points;
    }
    control = nextControl;
  }
  return points;
}

/** The running length at each point. */
export function runningLength(points: readonly PathPoint[]): number[] {
  const lengths: number[] = [];
  points.forEach((p, i) => {
    const before = points[i - 1];
    const step = i === 0 || p.jump ? 0 : Math.hypot(p.x - before.x, p.y - before.y);
    lengths.push((lengths[i - 1] ?? 0) + step);
  });
  return lengths;
}

/** The point `distance` along the outline; its ends beyond them. */
export function pointAt(points: readonly PathPoint[], distance: number): {x: number; y: number} {
  const lengths = runningLength(points);
  const i = lengths.findIndex((length, j) => j > 0 && length >= distance);
  if (points.length === 0) return {x: 0, y: 0};
  if (distance <= 0) return {x: points[0].x, y: points[0].y};
  if (i < 0) return {x: points[points.length - 1].x, y: points[points.length - 1].y};
  const t = (distance - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
  const [a, b] = [points[i - 1], points[i]];
  return {x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y)};
}

// From end points to centre and angles, F.6.5 of the standard.
function arc(
  x0: number,
  y0: number,
  radiusX: number,
  radiusY: number,
  tilt: number,
  large: boolean,
  sweep: boolean,
  x1: number,
  y1: number,
): [number, number][] {
  let [rx, ry] = [Math.abs(radiusX), Math.abs(radiusY)];
  if (rx === 0 || ry === 0 || (x0 === x1 && y0 === y1)) return [[x1, y1]];
  const [cos, sin] = [Math.cos((tilt * Math.PI) / 180), Math.sin((tilt * Math.PI) / 180)];
  const [dx, dy] = [(x0 - x1) / 2, (y0 - y1) / 2];
  const [px, py] = [cos * dx + sin * dy, -sin * dx + cos * dy];
  const tooFar = (px / rx) ** 2 + (py / ry) ** 2; // above 1 the radii are too small, and grow to fit
  if (tooFar > 1) [rx, ry] = [rx * Math.sqrt(tooFar), ry * Math.sqrt(tooFar)];
  const denominator = rx * rx * py * py + ry * ry * px * px;
  const root = Math.sqrt(Math.max(0, (rx * rx * ry * ry - denominator) / denominator));
  const sign = large === sweep ? -1 : 1;
  const [qx, qy] = [(sign * root * rx * py) / ry, (-sign * root * ry * px) / rx];
  const [cx, cy] = [cos * qx - sin * qy + (x0 + x1) / 2, sin * qx + cos * qy + (y0 + y1) / 2];
  const from = Math.atan2((py - qy) / ry, (px - qx) / rx);
  let turn = Math.atan2((-py - qy) / ry, (-px - qx) / rx) - from;
  if (sweep && turn < 0) turn += 2 * Math.PI;
  if (!sweep && turn > 0) turn -= 2 * Math.PI;
  const pieces = Math.max(4, Math.ceil((Math.abs(turn) / (Math.PI / 2)) * PIECES));
  return Array.from({length: pieces}, (_, i) => {
    const angle = from + (turn * (i + 1)) / pieces;
    const [ex, ey] = [rx * Math.cos(angle), ry * Math.sin(angle)];
    return [cos * ex - sin * ey + cx, sin * ex + cos * ey + cy];
  });
}
