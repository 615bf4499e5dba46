// What differs between two trees of plain objects, place by place.

/** @returns {string[]} a line each: the place, what was expected, what is there */
export function differences(expected, actual, path = '') {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const count =
      expected.length === actual.length ? [] : [`${path}: ${expected.length} expected, ${actual.length} found`];
    const shared = expected.slice(0, actual.length);
    return [...count, ...shared.flatMap((item, i) => differences(item, actual[i], `${path}[${i}]`))];
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) => differences(expected[key], actual[key], path === '' ? key : `${path}.${key}`));
  }
  return Object.is(expected, actual) ? [] : [`${path}: ${show(expected)} expected, ${show(actual)} found`];
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function show(value) {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
