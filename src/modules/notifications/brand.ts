import type { Config } from '../../config.ts';
import type { Ctx } from '../../context.ts';
import { openImage } from '../../files/image.ts';
import { clinicName, companyProfile } from '../company/profile.ts';
import { oneLine } from './messages/content.ts';

/** What a letter shows of the clinic. */
export type Brand = {
  name: string;
  /** Street and telephone, where they are known. */
  contact: string | null;
  logo: { filename: string; contentType: string; content: Buffer } | null;
};

/** The configuration as messages need it: with the name that the clinic goes by. */
export const namedConfig = async (ctx: Ctx): Promise<Config> => ({
  ...ctx.services.config,
  clinicName: oneLine(await clinicName(ctx)),
});

/** A logo under one key never changes: it is read once in the life of a process. */
const logos = new Map<string, Promise<Brand['logo']>>();
const MOST_LOGOS = 10;

/** The clinic's name, address and logo as they are now. */
export async function brandOf(ctx: Ctx): Promise<Brand> {
  const { name, address, phone, logo } = await companyProfile(ctx);
  const contact = [address, phone].flatMap((part) => (part ? [oneLine(part)] : [])).join(' · ');
  return { name: oneLine(name), contact: contact || null, logo: logo ? await logoOf(ctx, logo) : null };
}

function logoOf(ctx: Ctx, key: string): Promise<Brand['logo']> {
  const known = logos.get(key);
  if (known) return known;
  if (logos.size >= MOST_LOGOS) logos.clear();
  const reading = readLogo(ctx, key);
  logos.set(key, reading);
  return reading;
}

/** A letter goes out without its logo rather than not at all. */
async function readLogo(ctx: Ctx, key: string): Promise<Brand['logo']> {
  try {
    const { file, type, name } = await openImage(ctx, key);
    return { filename: `logo-${name}`, contentType: type, content: Buffer.from(await file.arrayBuffer()) };
  } catch {
    logos.delete(key);
    return null;
  }
}
