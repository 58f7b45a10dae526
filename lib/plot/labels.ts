/** Where to write a class's name into a cloud of points. */

type Point = readonly [number, number];

const CANDIDATES = 80; // points of a class that are tried
const SHARE = 1 / 3; // of the points around a name: written among others it would claim a cluster that is none

/**
 * For each group of points one of its own points, where the group is dense and little mixed with others,
 * where its name does not cover one already placed; undefined where no such place is found.
 *
 * @param sizes width and height of each name, in parts of the axes
 */
export function placeLabels(
  groups: readonly (readonly Point[])[],
  sizes: readonly Point[],
): (Point | undefined)[] {
  const all = groups.flat();
  const span = [0, 1].map((axis) => {
    const [low, high] = all.reduce(
      ([a, b], p) => [Math.min(a, p[axis]), Math.max(b, p[axis])],
      [Infinity, -Infinity],
    );
    return high - low || 1;
  });
  const near = (p: Point, q: Point, reach: readonly number[]) =>
    Math.abs(p[0] - q[0]) < reach[0] * span[0] && Math.abs(p[1] - q[1]) < reach[1] * span[1];
  const taken: {place: Point; size: Point}[] = [];
  return groups.map((group, k) => {
    const size = sizes[k];
    const step = Math.max(1, Math.floor(group.length / CANDIDATES));
    const candidates = group.filter((_, i) => i % step === 0);
    let best: {place: Point; score: number} | undefined;
    for (const place of candidates) {
      const clash = taken.some((t) =>
        near(place, t.place, [(size[0] + t.size[0]) / 2, (size[1] + t.size[1]) / 2]),
      );
      if (clash) continue;
      const within = (points: readonly Point[]) => points.filter((p) => near(place, p, [0.05, 0.05])).length;
      const own = within(group);
      const others = within(all) - own;
      if (own < SHARE * (own + others) || own < group.length / 20) continue; // nor at a few stray points
      const score = (own * own) / (own + others); // many of its own, few of the others
      if (!best || score > best.score) best = {place, score};
    }
    if (best) taken.push({place: best.place, size});
    return best?.place;
  });
}
