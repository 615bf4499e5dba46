import type { WriteStream } from 'node:tty';
import { Chalk, type ChalkInstance } from 'chalk';

type Environment = Readonly<Record<string, string | undefined>>;
type Level = 0 | 1 | 2 | 3;

/** --color and --no-color win over FORCE_COLOR, that over NO_COLOR (as in Node), that over what the terminal can do. */
export function colorLevel(
  switches: ReadonlySet<string>,
  environment: Environment,
  terminal: boolean,
  able: Level,
): Level {
  if (switches.has('no-color')) return 0;
  if (switches.has('color')) return atLeast(1, able);
  const force = environment.FORCE_COLOR;
  if (force !== undefined) {
    if (force === '0' || force === 'false') return 0;
    return force === '2' ? 2 : force === '3' ? 3 : atLeast(1, able);
  }
  if (environment.NO_COLOR || environment.TERM === 'dumb' || !terminal) return 0;
  return able;
}

/** Colors for what goes to this stream. */
export function painter(switches: ReadonlySet<string>, stream: WriteStream): ChalkInstance {
  const isTerminal = stream.isTTY === true;
  return new Chalk({ level: colorLevel(switches, process.env, isTerminal, isTerminal ? ableOf(stream) : 0) });
}

/** From bits a color to what chalk calls levels. */
function ableOf(stream: WriteStream): Level {
  const depth = stream.getColorDepth();
  return depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0;
}

function atLeast(least: Level, level: Level): Level {
  return level > least ? level : least;
}
