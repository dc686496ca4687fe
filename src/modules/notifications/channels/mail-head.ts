import { Buffer } from 'node:buffer';
import { domainToASCII } from 'node:url';

/*
 * The head of a mail (RFC 5322, RFC 2047) for the few fields that there are: the composer of a mail library looks into
 * every field for whatever it might hold, which took a seventh of a sending thread's time. No value may hold a line end.
 */

/** Of text on one line, so that no line is longer than 76 signs. */
const LONGEST = 64;
/** Octets of an encoded word. */
const WORD = 36;

const isShortAscii = (text: string): boolean =>
  text.length <= LONGEST && /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');

/** The value of a field such as Subject. */
export const textValue = (text: string): string => (isShortAscii(text) ? text : encodedWords(text));

/** The value of a field such as To, of an address as {@link writtenAddress} gives it. */
export const mailboxValue = (name: string, address: string): string =>
  name === '' ? `<${address}>` : `${phrase(name)}\r\n <${address}>`;

function phrase(name: string): string {
  if (!isShortAscii(name)) return encodedWords(name);
  return /^[\w ]*$/.test(name) ? name : quoted(name);
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

const DOT_ATOM = /^[^\s()<>[\]:;@\\,."]+(\.[^\s()<>[\]:;@\\,."]+)*$/;

/**
 * An address as mail servers and programs read it. Beside a part before the `@` that needs SMTPUTF8, the domain may stay
 * as it is (RFC 6532).
 */
export function writtenAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return address;
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const place = /^[\x20-\x7e]*$/.test(local) ? domainToASCII(domain) || domain : domain;
  return `${DOT_ATOM.test(local) ? local : quoted(local)}@${place}`;
}

/** No sign is cut in two, and every word stands on a line of its own. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  let length = 0;
  for (const sign of text) {
    const octets = Buffer.byteLength(sign);
    if (length + octets > WORD) {
      words.push(word);
      word = '';
      length = 0;
    }
    word += sign;
    length += octets;
  }
  return [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}
