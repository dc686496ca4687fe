import type { ChannelName } from '../kinds.ts';
import type { Channel } from './channel.ts';
import { email } from './email.ts';
import { push } from './push.ts';
import { sms } from './sms.ts';

/** What carries the messages of each channel. */
export const CARRIERS: Record<ChannelName, Channel> = { email, sms, push };
