// Tells inputs that reach what none reached before: counters as they stand in groups, 1, 2, 3, 4–7, 8–15, 16–31, 32–127
// and above, as AFL has them.

const GROUP = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 4) return count === 0 ? 0 : 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
});

export class Coverage {
  private readonly counters: Uint8Array;
  private readonly seen: Uint8Array;
  reached = 0;

  constructor(counters: Uint8Array) {
    this.counters = counters;
    this.seen = new Uint8Array(counters.length);
  }

  reset(): void {
    this.counters.fill(0);
  }

  /** Whether the run since `reset` reached anything new. */
  isNew(): boolean {
    const { counters, seen } = this;
    let found = false;
    for (let i = 0; i < counters.length; i++) {
      const group = GROUP[counters[i]];
      if ((seen[i] & group) === group) continue;
      if (seen[i] === 0) this.reached++;
      seen[i] |= group;
      found = true;
    }
    return found;
  }
}
