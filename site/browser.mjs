// The system's Chromium, for the tests of the page and its pictures.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where Chromium is: what CHROMIUM_PATH says, else the first that PATH has.
 *
 * @returns {string | undefined}
 */
export function chromiumPath() {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted !== undefined && wanted !== '') return isProgram(wanted) ? wanted : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** Starts it without a window, with a new and empty profile of its own. */
export async function launch() {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new Error('no Chromium found; install one, or say in CHROMIUM_PATH where it is');
  }
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}
