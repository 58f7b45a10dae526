/** Whole numbers from 0 to 2^53 with counts: a hash table, because a Map takes many times as long and as much. */
export class RunCounts {
  /** By slot: how often the run was met. */
  times = new Int32Array(1024);
  /** By slot: how many different tokens were met after it. */
  followers = new Int32Array(1024);
  private keys = new Float64Array(1024).fill(-1);
  private filled = 0;

  /** The slot of a key, or -1. */
  find(key: number): number {
    const slot = this.slot(key);
    return this.keys[slot] === key ? slot : -1;
  }

  /** Counts the key `times` times more; true if it is new. */
  add(key: number, times = 1): boolean {
    const slot = this.slot(key);
    this.times[slot] += times;
    if (this.keys[slot] === key) return false;
    this.keys[slot] = key;
    if (++this.filled > this.keys.length / 2) this.grow();
    return true;
  }

  private slot(key: number): number {
    const mask = this.keys.length - 1;
    let h = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 2 ** 32) | 0, 0x85ebca6b);
    h ^= h >>> 15;
    for (let slot = h & mask; ; slot = (slot + 1) & mask) {
      if (this.keys[slot] === key || this.keys[slot] === -1) return slot;
    }
  }

  private grow(): void {
    const {keys, times, followers} = this;
    this.keys = new Float64Array(2 * keys.length).fill(-1);
    this.times = new Int32Array(2 * keys.length);
    this.followers = new Int32Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue;
      const slot = this.slot(keys[i]);
      this.keys[slot] = keys[i];
      this.times[slot] = times[i];
      this.followers[slot] = followers[i];
    }
  }
}
