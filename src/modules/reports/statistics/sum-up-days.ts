import type { JobHandler } from '../../../queue/define.ts';
import { rollUpAll } from './roll-up.ts';

export const handle: JobHandler<object> = async (ctx) => {
  const days = await rollUpAll(ctx);
  if (days > 0) ctx.services.log.info({ days }, 'days summed up');
};
