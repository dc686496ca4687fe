import { AppError } from '../errors.ts';

/** Bytes of a JSON body, and of a multipart one (issue "The main job": 1 MB and 10 MB). */
const JSON_LIMIT = 1024 * 1024;
export const MULTIPART_LIMIT = 10 * 1024 * 1024;

/**
 * Reads a request's body by its content type.
 * @throws AppError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE or MALFORMED_JSON
 */
export async function readBody(request: Request, contentType: string): Promise<unknown> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (contentType === 'multipart/form-data') {
    if (announced > MULTIPART_LIMIT) throw new AppError('PAYLOAD_TOO_LARGE');
    const bytes = await readUpTo(request, MULTIPART_LIMIT);
    const type = request.headers.get('content-type') ?? '';
    return Object.fromEntries(await new Response(bytes, { headers: { 'content-type': type } }).formData());
  }
  if (announced > JSON_LIMIT) throw new AppError('PAYLOAD_TOO_LARGE');
  if (contentType !== 'application/json' && !contentType.endsWith('+json')) {
    const bytes = await readUpTo(request, JSON_LIMIT);
    if (bytes.length > 0) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
    return undefined;
  }
  const text =
    announced > 0 ? await request.text() : new TextDecoder().decode(await readUpTo(request, JSON_LIMIT));
  return text.trim() === '' ? undefined : parseJson(text);
}

async function readUpTo(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new AppError('PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * JSON in which no object names a key twice: two readers could take different values for it (RFC 8259, 4).
 * @throws AppError MALFORMED_JSON
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('MALFORMED_JSON');
  }
  // Every member has one colon outside strings; if the text has more than the value has members, some were dropped.
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
  if (colons !== members(value)) throw new AppError('MALFORMED_JSON');
  return value;
}

function members(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children = Object.values(value);
  return children.reduce(
    (sum: number, child) => sum + members(child),
    Array.isArray(value) ? 0 : children.length,
  );
}
