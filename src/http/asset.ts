import type { Context } from 'elysia';
import { inline } from './file.ts';

/** A file of the service itself, the same for everybody: as it is, and in fewer bytes. */
export type Asset = { file: Blob; gzip: Blob; version: string };

type Sent = { type: string; name: string; cache: string };

/** Compresses the file, once for all who will ask for it. */
export async function assetOf(file: Blob, version: string): Promise<Asset> {
  const packed = file.stream().pipeThrough(new CompressionStream('gzip'));
  return { file, gzip: await new Response(packed).blob(), version };
}

/** What `make` makes, made at the first call and kept; a failure is not. */
export function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

/** Whether an `Accept-Encoding` header takes gzip by its name (RFC 9110, 12.5.3). */
const takesGzip = (header: string | null): boolean =>
  (header ?? '').split(',').some((coding) => {
    const [name = '', weight = ''] = coding.split(';');
    return name.trim().toLowerCase() === 'gzip' && !/^\s*q=0(\.0*)?\s*$/i.test(weight);
  });

/** The asset as a handler's answer, in the form that the client takes; for `etag: true`. */
export function sendAsset(
  { set, request }: Pick<Context, 'set' | 'request'>,
  { file, gzip, version }: Asset,
  sent: Sent,
): Blob {
  // The answer may vary by its origin, too.
  set.headers.vary = [set.headers.vary, 'Accept-Encoding'].filter(Boolean).join(', ');
  if (!takesGzip(request.headers.get('accept-encoding'))) return inline(set, { ...sent, file, version });
  set.headers['content-encoding'] = 'gzip';
  // Other bytes have another tag (RFC 9110, 8.8.3.3).
  return inline(set, { ...sent, file: gzip, version: `${version}-gzip` });
}
