import type { Ctx } from '../../context.ts';
import { cleanImage } from '../../files/image.ts';
import { replaceImage } from '../../files/replace.ts';
import { changeCompany } from './company.ts';

/** Makes the picture the clinic's logo. @throws AppError PAYLOAD_TOO_LARGE, InvalidField for what is no JPG or PNG */
export async function setLogo(ctx: Ctx, file: Blob) {
  return replaceLogo(ctx, await cleanImage(ctx, 'logo', file, ['jpg', 'png']));
}

/** Takes the logo away. */
export const removeLogo = (ctx: Ctx) => replaceLogo(ctx, null);

const replaceLogo = (ctx: Ctx, image: Parameters<typeof replaceImage>[2]) =>
  replaceImage(ctx, 'logos', image, async (logo) => {
    let former: string | null = null;
    const answer = await changeCompany(ctx, (current) => {
      former = current.logo;
      return { logo };
    });
    return { answer, former };
  });
