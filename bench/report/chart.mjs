// A line chart in SVG with two logarithmic axes, readable on light and dark pages.

const WIDTH = 860;
const HEIGHT = 500;
const LEFT = 74;
const RIGHT = 250;
const TOP = 64;
const BOTTOM = 56;
const LABEL_HEIGHT = 17;

/** Told apart by people who see few colours, too; each has a mark of its own besides. Light pages, then dark ones. */
const COLORS = [
  ['#0b5fb0', '#6cb6ff'],
  ['#c2410c', '#ff9a5c'],
  ['#0f766e', '#4fd1c0'],
  ['#a21caf', '#e88bf5'],
  ['#7a5c00', '#e3c04c'],
  ['#b91c4b', '#ff8fab'],
  ['#4338ca', '#aab0ff'],
  ['#3f6212', '#a8d65c'],
  ['#57606a', '#a0a9b4'],
  ['#7c2d12', '#dca58b'],
];

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {'ours' | 'peer' | 'floor'} kind how it is drawn: bold, thin, dashed
 * @property {readonly { x: number, y: number }[]} points more than 0 each, by x
 */

/**
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} description for those who cannot see it
 * @property {string} xLabel
 * @property {string} yLabel
 * @property {readonly number[]} xTicks
 * @property {(x: number) => string} xText
 * @property {(y: number) => string} yText
 * @property {readonly Series[]} series
 */

/**
 * @param {Chart} chart
 * @returns {string} SVG; an axis without points where there is nothing to show
 */
export function chartSvg({ title, description, xLabel, yLabel, xTicks, xText, yText, series }) {
  const points = series.flatMap((one) => one.points);
  const xs = [...xTicks, ...points.map(({ x }) => x)];
  const x = scale(Math.min(...xs), Math.max(...xs), LEFT, WIDTH - RIGHT);
  const decades = decadesOf(points.map((point) => point.y));
  const y = scale(decades[0] ?? 1, decades.at(-1) ?? 10, HEIGHT - BOTTOM, TOP);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title about">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="about">${escaped(description)}</desc>`,
    `<style>${style(series.length)}</style>`,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    `<text class="title" x="${LEFT}" y="28">${escaped(title)}</text>`,
    `<text class="axis" x="${LEFT}" y="48">${escaped(yLabel)}</text>`,
    `<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(xLabel)}</text>`,
  ];
  for (const decade of decades) {
    lines.push(`<path class="grid" d="M${LEFT} ${at(y(decade))}H${WIDTH - RIGHT}"/>`);
    lines.push(
      `<text class="tick" x="${LEFT - 8}" y="${at(y(decade) + 4)}" text-anchor="end">${escaped(yText(decade))}</text>`,
    );
  }
  for (const tick of xTicks) {
    lines.push(`<path class="grid" d="M${at(x(tick))} ${TOP}V${HEIGHT - BOTTOM}"/>`);
    lines.push(
      `<text class="tick" x="${at(x(tick))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${escaped(xText(tick))}</text>`,
    );
  }
  const drawn = series.map((one, i) => ({ ...one, number: i })).filter((one) => one.points.length > 0);
  for (const { kind, points: own, number } of drawn) {
    const places = own.map((point) => /** @type {const} */ ([x(point.x), y(point.y)]));
    lines.push(
      `<path class="line ${kind} s${number}" d="M${places.map((place) => place.map(at).join(' ')).join('L')}"/>`,
    );
    for (const [left, top] of places) lines.push(mark(number, left, top));
  }
  // Behind the right end of each line stands its name, moved where names would cover each other.
  const ends = drawn.map(({ name, points: own, number }) => {
    const last = /** @type {{ x: number, y: number }} */ (own.at(-1));
    return { name, number, left: x(last.x), top: y(last.y) };
  });
  const tops = spread(
    ends.map(({ top }) => top),
    LABEL_HEIGHT,
    TOP,
    HEIGHT - BOTTOM,
  );
  for (const [i, { name, number, left, top }] of ends.entries()) {
    const labelTop = /** @type {number} */ (tops[i]);
    const labelLeft = WIDTH - RIGHT + 26;
    lines.push(
      `<path class="lead s${number}" d="M${at(left + 7)} ${at(top)}L${labelLeft - 6} ${at(labelTop)}"/>`,
      `<text class="name n${number}" x="${labelLeft}" y="${at(labelTop + 4)}">${escaped(name)}</text>`,
    );
  }
  lines.push('</svg>');
  return `${lines.join('\n')}\n`;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} start
 * @param {number} end
 * @returns {(value: number) => number} from `start` for `from` to `end` for `to`, by the logarithm
 */
export function scale(from, to, start, end) {
  const range = Math.log(to / from) || 1;
  return (value) => start + ((end - start) * Math.log(value / from)) / range;
}

/**
 * @param {readonly number[]} values more than 0
 * @returns {number[]} the powers of ten from below the smallest to above the largest, at least two
 */
export function decadesOf(values) {
  if (values.length === 0) return [1, 10];
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

/**
 * Moves what lies too close apart, as little as it can, within bounds where there is room.
 *
 * @param {readonly number[]} wanted
 * @param {number} distance
 * @param {number} from
 * @param {number} to
 * @returns {number[]} in the order of `wanted`
 */
export function spread(wanted, distance, from, to) {
  /** @type {{ members: number[], sum: number }[]} groups of which each touches none of the others */
  const groups = [];
  const startOf = (/** @type {{ members: number[], sum: number }} */ { members, sum }) => {
    const start = sum / members.length - ((members.length - 1) * distance) / 2;
    return Math.max(from, Math.min(start, to - (members.length - 1) * distance));
  };
  const order = wanted.map((_, i) => i).sort((a, b) => Number(wanted[a]) - Number(wanted[b]));
  for (const index of order) {
    let group = { members: [index], sum: Number(wanted[index]) };
    for (;;) {
      const before = groups.at(-1);
      if (before === undefined || startOf(before) + before.members.length * distance <= startOf(group)) break;
      groups.pop();
      group = { members: [...before.members, ...group.members], sum: before.sum + group.sum };
    }
    groups.push(group);
  }
  const result = wanted.slice();
  for (const group of groups)
    for (const [i, member] of group.members.entries()) result[member] = startOf(group) + i * distance;
  return result;
}

/**
 * @param {number} number of the series
 * @param {number} x
 * @param {number} y
 */
function mark(number, x, y) {
  const paths = [
    `<circle class="mark s${number}" cx="${at(x)}" cy="${at(y)}" r="4"/>`,
    polygon(number, x, y, 'M-4 -4H4V4H-4Z'),
    polygon(number, x, y, 'M0 -5L5 4H-5Z'),
    polygon(number, x, y, 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z'),
    polygon(number, x, y, 'M0 5L5 -4H-5Z'),
  ];
  return paths[number % paths.length];
}

/**
 * @param {number} number
 * @param {number} x
 * @param {number} y
 * @param {string} path
 */
const polygon = (number, x, y, path) =>
  `<path class="mark s${number}" transform="translate(${at(x)} ${at(y)})" d="${path}"/>`;

/** @param {number} count of series */
function style(count) {
  const colors = (/** @type {0 | 1} */ theme) =>
    Array.from({ length: count }, (_, i) => {
      const color = COLORS[i % COLORS.length]?.[theme];
      return `.s${i}{stroke:${color}}.mark.s${i}{fill:${color}}.n${i}{fill:${color}}`;
    }).join('');
  return [
    'text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:13px}',
    '.title{font-size:16px;font-weight:600}.line{fill:none;stroke-linejoin:round}.ours{stroke-width:3}.peer{stroke-width:1.75}',
    '.floor{stroke-width:1.5;stroke-dasharray:3 4}.grid{fill:none;stroke-width:1}.lead{fill:none;stroke-width:1;opacity:.5}',
    `.mark{stroke-width:0}.page{fill:#fff;stroke:#d0d7de}.title{fill:#1f2328}.axis,.tick{fill:#57606a}.grid{stroke:#e4e8ec}`,
    colors(0),
    '@media (prefers-color-scheme:dark){.page{fill:#0d1117;stroke:#30363d}.title{fill:#f0f3f6}.axis,.tick{fill:#a0a9b4}',
    `.grid{stroke:#262c34}${colors(1)}}`,
  ].join('');
}

/** @param {number} number */
const at = (number) => String(Math.round(number * 10) / 10);

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
