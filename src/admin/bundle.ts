import { type Asset, assetOf } from '../http/asset.ts';

/** What a browser loads of the panel, and what tells it from another version of it. */
export type PanelAssets = { script: Asset; style: Asset; version: string };

const PANEL = new URL('./panel/', import.meta.url);

/**
 * The panel's modules in one script, made in some milliseconds by Bun itself: there is no build step, and what is served
 * is what the folder holds.
 */
export async function bundlePanel(): Promise<PanelAssets> {
  const { outputs } = await Bun.build({
    entrypoints: [Bun.fileURLToPath(new URL('main.tsx', PANEL))],
    target: 'browser',
    minify: true,
    // As in tsconfig.json, which an image of the service does not have.
    jsx: { runtime: 'automatic', importSource: 'preact', development: false },
  });
  const script = await Promise.all(outputs.map((output) => output.text()));
  const style = await Bun.file(new URL('panel.css', PANEL)).text();
  const version = Bun.hash(script.join('') + style).toString(36);
  return {
    script: await assetOf(new Blob(script), version),
    style: await assetOf(new Blob([style]), version),
    version,
  };
}
