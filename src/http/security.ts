/** Headers of every answer (OWASP REST Security Cheat Sheet); pages that need more set their own policy. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'cache-control': 'no-store',
} as const;

/** Whether a `Host` header is one of ALLOWED_HOSTS: exact, `.example.com` for a domain and all below it, or `*`. */
export function allowedHost(allowed: readonly string[]): (host: string) => boolean {
  const everything = allowed.includes('*');
  const known = new Map<string, boolean>();
  const matchesHost = (host: string) => {
    const name = host.replace(/:\d+$/, '').toLowerCase();
    return allowed.some((entry) =>
      entry.startsWith('.') ? `.${name}`.endsWith(entry) : entry.toLowerCase() === name,
    );
  };
  return (host) => {
    if (everything) return true;
    let answer = known.get(host);
    if (answer === undefined) {
      answer = matchesHost(host);
      if (known.size < 1_000) known.set(host, answer);
    }
    return answer;
  };
}
