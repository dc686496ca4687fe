import type { Context } from 'elysia';
import { type Format, KINDS } from '../../render/formats.ts';

/** A report's file, and what to call it: ASCII. */
export type ReportFile = { content: Blob; name: string; format: Format };

/** The file as a handler's answer. It holds personal data: no cache keeps it. */
export function attachment(set: Context['set'], { content, name, format }: ReportFile): Blob {
  set.headers['content-type'] = KINDS[format].type;
  set.headers['content-disposition'] = `attachment; filename="${name}"`;
  set.headers['cache-control'] = 'no-store';
  return content;
}
