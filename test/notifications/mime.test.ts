import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import PostalMime from 'postal-mime';
import { filePart, multipart, textPart } from '../../src/modules/notifications/channels/mime.ts';

const parse = (body: string) => PostalMime.parse(`From: a@b.example\r\nMIME-Version: 1.0\r\n${body}`);
/** As it comes back: the parser ends each text with a line end of its own. */
const read = (text: string) => `${text.replaceAll('\r\n', '\n')}\n`;

const signs = fc.constantFrom(
  'a',
  'ñ',
  '€',
  '👩‍⚕️',
  '=',
  '.',
  '-',
  '_',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '--=_mixed',
  'x'.repeat(80),
);
// Never nothing: the parser would make a text of the HTML, or the other way round.
const text = fc.array(signs, { maxLength: 60 }).map((all) => ['Hola', ...all].join(''));
const html = text.map((content) => `<p>${content}</p>`);
const bytes = fc.uint8Array({ maxLength: 200 });

test('whatever is written into the parts of a mail is read from them', async () => {
  await fc.assert(
    fc.asyncProperty(text, html, bytes, async (first, second, content) => {
      const file = { filename: 'a.bin', contentType: 'application/octet-stream', content };
      const body = multipart('mixed', [
        multipart('alternative', [
          textPart('text/plain', first),
          multipart('related', [textPart('text/html', second), filePart(file, 'logo@clinic')]),
        ]),
        filePart(file),
      ]);
      const mail = await parse(body);
      expect(mail.text).toBe(read(first));
      expect(mail.html).toBe(read(second));
      expect(mail.attachments).toHaveLength(2);
      for (const { content: found } of mail.attachments)
        expect(new Uint8Array(found as ArrayBuffer)).toEqual(content);
      expect(mail.attachments.map(({ disposition, contentId }) => [disposition, contentId])).toEqual([
        ['inline', '<logo@clinic>'],
        ['attachment', undefined],
      ]);
      for (const line of body.split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(76);
        expect(line).toMatch(/^[\t\x20-\x7e]*$/);
        expect(line).not.toMatch(/[\t ]$/);
      }
    }),
    { seed: 20_261_122, numRuns: 300 },
  );
});

test('one part alone has no frame', async () => {
  const body = multipart('mixed', [multipart('alternative', [textPart('text/plain', 'hola')])]);
  expect(body).not.toContain('multipart/');
  expect((await parse(body)).text).toBe('hola\n');
});
