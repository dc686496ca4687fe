import type { Ctx } from './context.ts';
import type { Text } from './errors.ts';

/** The answer of an action that has no resource to show (contract, "Conventions"), in the caller's language. */
export const success = (ctx: Ctx, message: Text) => ({ success_message: message[ctx.language] });
