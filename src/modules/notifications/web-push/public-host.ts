/** Networks that are not the public internet (RFC 6890 and its successors), as first address and prefix length. */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const toNumber = (ipv4: string): number =>
  ipv4.split('.').reduce((value, part) => value * 256 + Number(part), 0);

const within = (address: number, [first, length]: readonly [string, number]): boolean =>
  Math.floor(address / 2 ** (32 - length)) === Math.floor(toNumber(first) / 2 ** (32 - length));

/** Whether an IP address, written as URLs and resolvers write it, is on the public internet. */
export function isPublicAddress(address: string): boolean {
  if (IPV4.test(address)) {
    const value = toNumber(address);
    return !NOT_PUBLIC.some((network) => within(value, network));
  }
  // Global unicast is 2000::/3; in it 2001::/23 is for protocols, 2001:db8::/32 for books, 2002::/16 wraps IPv4.
  const [first = '', second = ''] = address.toLowerCase().split(':');
  if (!/^[23][0-9a-f]{3}$/.test(first) || first === '2002') return false;
  if (first !== '2001') return true;
  return second !== 'db8' && Number.parseInt(second || '0', 16) >= 0x200;
}

const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|home\.arpa|test|invalid)\.?$/i;

/** Whether a URL's host may be on the public internet, as far as its spelling tells. */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicAddress(hostname.slice(1, -1));
  if (IPV4.test(hostname)) return isPublicAddress(hostname);
  return hostname.includes('.') && !LOCAL_NAME.test(hostname);
}
