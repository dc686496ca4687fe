import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import PostalMime from 'postal-mime';
import {
  mailboxValue,
  textValue,
  writtenAddress,
} from '../../src/modules/notifications/channels/mail-head.ts';

const parse = (field: string) => PostalMime.parse(`${field}\r\nMessage-ID: <a@b.example>\r\n\r\n`);

const signs = fc.constantFrom(
  'a',
  'Z',
  '7',
  'ñ',
  '€',
  '👩‍⚕️',
  '"',
  '\\',
  ',',
  '<',
  '@',
  '(',
  '=?',
  '.',
  ' b',
  'x'.repeat(30),
);
const text = fc.array(signs, { maxLength: 30 }).map((all) => ['Hola', ...all].join(''));

const expectShortLines = (field: string) => {
  for (const line of field.split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(78);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
  }
};

test('whatever is written into the head of a mail is read from it', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      const subject = `Subject: ${textValue(written)}`;
      const to = `To: ${mailboxValue(written, 'ana@clinic.example')}`;
      expect((await parse(subject)).subject).toBe(written);
      expect((await parse(to)).to).toEqual([{ name: written, address: 'ana@clinic.example' }]);
      expectShortLines(subject);
      expectShortLines(to);
    }),
    { seed: 20_261_122, numRuns: 500 },
  );
});

test.each([
  ['ana.p+x@clinic.example', 'ana.p+x@clinic.example'],
  ['postmaster', 'postmaster'],
  ['', ''],
  ['ana@clínica.example', 'ana@xn--clnica-4va.example'],
  ['añá@clínica.example', 'añá@clínica.example'],
  ['a(b)@clinic.example', '"a(b)"@clinic.example'],
  ['.a@clinic.example', '".a"@clinic.example'],
  [String.raw`a\b@clinic.example`, String.raw`"a\\b"@clinic.example`],
])('the address %p is written as %p', (address, written) => {
  expect(writtenAddress(address)).toBe(written);
});
