import { AppError, InvalidField } from '../errors.ts';

/** Bytes of a JSON body, and of a multipart one (issue "The main job": 1 MB and 10 MB). */
export const JSON_LIMIT = 1024 * 1024;
export const MULTIPART_LIMIT = 10 * 1024 * 1024;

/**
 * For the listening server: none. `readBody` refuses what is too large before it reads it, with the contract's JSON;
 * Bun's own refusal is an empty answer, and a body that nobody reads is not kept in memory.
 */
export const SERVER_BODY_LIMIT = Number.MAX_SAFE_INTEGER;

/** Objects and lists within each other: more than any body of ours has, less than any stack takes. */
const DEEPEST = 64;

const NO_FORM = { es: 'No es un formulario multipart.', en: 'Is not a multipart form.' };

/**
 * Reads a request's body by its content type.
 * @throws AppError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE or MALFORMED_JSON, InvalidField for a broken form
 */
export async function readBody(request: Request, contentType: string): Promise<unknown> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  const type = contentType.toLowerCase();
  if (type === 'multipart/form-data') {
    if (announced > MULTIPART_LIMIT) throw new AppError('PAYLOAD_TOO_LARGE');
    return readForm(request, await readUpTo(request, MULTIPART_LIMIT));
  }
  if (announced > JSON_LIMIT) throw new AppError('PAYLOAD_TOO_LARGE');
  const bytes = announced > 0 ? await request.bytes() : await readUpTo(request, JSON_LIMIT);
  if (bytes.length === 0) return undefined;
  if (type !== 'application/json' && !type.endsWith('+json')) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  const text = decode(bytes);
  return text.trim() === '' ? undefined : parseJson(text);
}

async function readForm(request: Request, bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  try {
    return Object.fromEntries(await new Response(bytes, { headers }).formData());
  } catch {
    throw new InvalidField('body', NO_FORM);
  }
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

/** JSON is UTF-8 (RFC 8259, 8.1); other bytes would be read as signs that nobody sent. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('MALFORMED_JSON');
  }
}

/**
 * JSON that every reader understands alike: no object names a key twice, no text has half a surrogate pair (RFC 8259,
 * 4 and 8.2), and nothing is nested so deep that walking through it would exhaust the stack.
 * @throws AppError MALFORMED_JSON
 */
export function parseJson(text: string): unknown {
  const colons = countColons(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('MALFORMED_JSON');
  }
  // Every member has one colon outside strings; if the text has more than the value has members, some were dropped.
  if (colons !== countMembers(value)) throw new AppError('MALFORMED_JSON');
  return value;
}

/** The colons outside strings. @throws AppError MALFORMED_JSON when the text is nested too deep */
function countColons(text: string): number {
  let colons = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') i = endOfString(text, i);
    else if (sign === ':') colons += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    else if ((sign === '{' || sign === '[') && (depth += 1) > DEEPEST) throw new AppError('MALFORMED_JSON');
  }
  return colons;
}

/** The place of the quote that ends the string begun at `start`; the text's end when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === '\\') before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

/** @throws AppError MALFORMED_JSON when a text is not well-formed Unicode */
function countMembers(value: unknown): number {
  if (typeof value === 'string' && !value.isWellFormed()) throw new AppError('MALFORMED_JSON');
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countMembers(item), 0);
  const members = Object.entries(value);
  return members.reduce((sum, [key, child]) => sum + countMembers(key) + countMembers(child), members.length);
}
