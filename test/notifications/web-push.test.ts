import { expect, test } from 'bun:test';
import { fromBase64Url, toBase64Url, utf8 } from '../../src/modules/notifications/web-push/bytes.ts';
import {
  encryptPush,
  importPublicKey,
  LARGEST_PLAINTEXT,
} from '../../src/modules/notifications/web-push/encrypt.ts';
import { isPublicAddress, isPublicHost } from '../../src/modules/notifications/web-push/public-host.ts';
import { makeBrowser } from './push-service.ts';

test('the example of RFC 8291, appendix A, comes out to the byte', async () => {
  const ourPublic = 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8';
  const point = fromBase64Url(ourPublic);
  const privateKey = await crypto.subtle.importKey(
    'jwk',
    {
      kty: 'EC',
      crv: 'P-256',
      x: toBase64Url(point.subarray(1, 33)),
      y: toBase64Url(point.subarray(33)),
      d: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
    },
    { name: 'ECDH', namedCurve: 'P-256' },
    true,
    ['deriveBits'],
  );
  const body = await encryptPush(
    {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
    utf8('When I grow up, I want to be a watermelon'),
    {
      salt: fromBase64Url('DGv6ra1nlYgDCS1FRnbzlw'),
      keys: { publicKey: await importPublicKey(ourPublic), privateKey },
    },
  );
  expect(toBase64Url(body)).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('the longest message fills 4096 bytes, the most that push services take; a longer one is refused', async () => {
  const { keys } = await makeBrowser();
  expect(await encryptPush(keys, new Uint8Array(LARGEST_PLAINTEXT))).toHaveLength(4_096);
  expect(encryptPush(keys, new Uint8Array(LARGEST_PLAINTEXT + 1))).rejects.toThrow();
});

test.each([
  ['8.8.8.8', true],
  ['172.32.0.1', true],
  ['100.128.0.1', true],
  ['2a00:1450:4001::1', true],
  ['2001:4860:4860::8888', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['::ffff:7f00:1', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['2001:0:1::', false],
  ['2001:db8::1', false],
])('address %s is public: %p', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://web.push.apple.com/x', true],
  ['https://[2a00:1450:4001::1]/', true],
  ['https://localhost/', false],
  ['https://LOCALHOST./', false],
  ['https://database/', false],
  ['https://printer.local/', false],
  ['https://metadata.google.internal/', false],
  ['https://2130706433/', false],
  ['https://0x7f.1/', false],
  ['https://127.1/', false],
  ['https://[::1]/', false],
  ['https://[::ffff:127.0.0.1]/', false],
])('host of %s may be public: %p', (url, expected) => {
  expect(isPublicHost(new URL(url).hostname)).toBe(expected);
});
