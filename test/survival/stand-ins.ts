import { startMailServer } from '../notifications/mail-server.ts';
import { startSmsProvider } from '../notifications/sms-provider.ts';

/** The key of a delivery, as mail and text message bear it: `delivery-<notification>-…`. */
const notificationOf = (key: string | undefined): number =>
  Number(/delivery-(\d+)-/.exec(key ?? '')?.[1] ?? 0);

const tally = (ids: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

/** A mail server and an SMS provider that nobody kills; they tell how often each notification reached them. */
export async function startStandIns() {
  const mail = await startMailServer();
  const sms = startSmsProvider();
  return {
    env: {
      SMTP_URL: mail.url,
      SMS_BASE_URL: sms.url,
      SMS_ACCOUNT_SID: 'AC0',
      SMS_AUTH_TOKEN: 'secret',
      SMS_FROM: '+15005550006',
    },
    received: async () => ({
      email: tally((await mail.mails()).map(({ messageId }) => notificationOf(messageId))),
      sms: tally(sms.requests.map(({ key }) => notificationOf(key ?? undefined))),
    }),
    close: async () => {
      await sms.close();
      await mail.close();
    },
  };
}
