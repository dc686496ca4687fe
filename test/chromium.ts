import { install, thisMachine } from '../src/embedded/install.ts';
import { planPackage } from '../src/embedded/platform.ts';
import { operatorLog } from './log.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of the page tests, installed first where we can; undefined where it has to do without. */
export async function ensureChromium(): Promise<string | undefined> {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const present = find();
  if (present !== undefined) return present;
  try {
    await install(planPackage(thisMachine(), 'chromium'), 'Chromium (for the page tests)', operatorLog);
  } catch (error) {
    operatorLog.warn(error instanceof Error ? error.message : String(error));
  }
  return find();
}

function find(): string | undefined {
  return NAMES.map((name) => Bun.which(name)).find((path) => path !== null);
}
