import type { Config } from '../config.ts';
import { type Finding, ok, warning } from './finding.ts';

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What a production service should not go without. */
export function checkDeployment(config: Config): Finding[] {
  const concerns: [boolean, string][] = [
    [config.embedded, 'DATABASE_URL: is not set; the embedded database is for trying the service out'],
    [
      config.redisUrl === undefined,
      'REDIS_URL: is not set; several instances need it to share queue and sessions',
    ],
    [config.debug, 'DEBUG: is on'],
    [config.allowedHosts.includes('*'), 'ALLOWED_HOSTS: lets any host name through'],
    [
      config.allowedHosts.every((host) => LOCAL.has(host)),
      'ALLOWED_HOSTS: names this machine only; add the public host name',
    ],
    [
      config.publicUrl === undefined,
      'PUBLIC_URL: is not set; links in lists and mails use the address asked for',
    ],
    [config.publicUrl?.startsWith('http:') === true, 'PUBLIC_URL: is not https'],
    [config.smtpUrl === undefined, 'SMTP_URL: is not set; mail is written to files instead of being sent'],
    [config.metricsToken === undefined, 'METRICS_TOKEN: is not set; anybody can read /metrics'],
    [config.vapid === undefined, 'VAPID_PUBLIC_KEY: is not set; no web push'],
    [config.sms === undefined, 'SMS_ACCOUNT_SID: is not set; no text messages'],
  ];
  const warnings = concerns.filter(([applies]) => applies).map(([, text]) => warning(text));
  return warnings.length > 0 ? warnings : [ok('deployment: nothing amiss')];
}
