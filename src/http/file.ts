import type { Context } from 'elysia';

type Sent = {
  file: Blob;
  type: string;
  /** What tells this version of the file from others, without quotes. */
  version: string;
  /** What to call it on a disk, ASCII without quotes. */
  name: string;
  /** `Cache-Control`, as the file is for the caller alone or for everybody. */
  cache: string;
};

/** The file as a handler's answer that a browser shows in place, by the headers it is not to guess; for `etag: true`. */
export function inline(set: Context['set'], { file, type, version, name, cache }: Sent): Blob {
  set.headers['content-type'] = type;
  set.headers['content-disposition'] = `inline; filename="${name}"`;
  set.headers['cache-control'] = cache;
  set.headers.etag = `"${version}"`;
  return file;
}
