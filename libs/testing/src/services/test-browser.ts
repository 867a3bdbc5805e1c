import type { Browser } from 'playwright-core';
import { required } from './required.ts';

/** Whether tests can look at a page in a real Chromium; where CI=true, one must be there. */
export const browserIsHere = (): boolean => required('chromium', 'TEST_CHROMIUM') !== null;

/** Talks to nobody by itself: the only requests are those of the pages that a test opens. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/**
 * A real Chromium without a window. Close it in `afterAll`.
 * @throws when there is none: ask `browserIsHere` first.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = required('chromium', 'TEST_CHROMIUM');
  if (executablePath === null) throw new Error('there is no chromium');
  const { chromium } = await import('playwright-core');
  // Chromium's own sandbox does not work for root.
  return chromium.launch({ executablePath, args: quiet, chromiumSandbox: process.getuid?.() !== 0 });
}
