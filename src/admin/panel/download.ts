import { send } from './api.ts';

/** Hands the file of an answer to the browser, under the name that the API gave it. */
export async function saveFile(response: Response): Promise<void> {
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'reporte';
  const href = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href, download: name });
  link.click();
  // Not at once: the browser has still to begin.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

export const download = async (path: string): Promise<void> => saveFile(await send('GET', path));
