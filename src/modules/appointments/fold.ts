import { Buffer } from 'node:buffer';

/** Octets of a line, so that it stays within RFC 5545's 75 with the space that begins one that goes on. */
const LONGEST = 74;

/** Lines of iCalendar, the long ones folded between two signs (RFC 5545, 3.1). */
export const folded = (text: string): string =>
  text
    .split('\r\n')
    .map((line) => (Buffer.byteLength(line) > LONGEST ? foldedLine(line) : line))
    .join('\r\n');

function foldedLine(line: string): string {
  let result = '';
  let length = 0;
  for (const sign of line) {
    const octets = Buffer.byteLength(sign);
    length += octets;
    if (length > LONGEST) {
      result += '\r\n ';
      length = octets;
    }
    result += sign;
  }
  return result;
}
