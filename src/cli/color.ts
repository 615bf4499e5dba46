import { Chalk, type ChalkInstance, chalkStderr } from 'chalk';

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

export function painter(switches: ReadonlySet<string>): ChalkInstance {
  const level = colorLevel(switches, process.env, process.stderr.isTTY === true, chalkStderr.level as Level);
  return new Chalk({ level });
}

function atLeast(least: Level, level: Level): Level {
  return level > least ? level : least;
}
