import { AppError, InvalidField, notFound } from '../errors.ts';
import type { Ctx } from '../context.ts';
import { cleanJpeg } from './jpeg.ts';
import { cleanPng } from './png.ts';
import { cleanWebp } from './webp.ts';

/** A picture without anything but the picture: sizes in pixels. */
export type Image = { width: number; height: number; bytes: Uint8Array<ArrayBuffer> };

/** The kinds of pictures that are taken, by the extension they are stored under. */
export const IMAGE_TYPES = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const;
export type ImageKind = keyof typeof IMAGE_TYPES;

const CLEANERS: Record<ImageKind, (bytes: Uint8Array<ArrayBuffer>) => Image | null> = {
  jpg: cleanJpeg,
  png: cleanPng,
  webp: cleanWebp,
};

const MAX_BYTES = 2 * 1024 * 1024;
/** Pixels of a side: what a browser or a PDF can unpack without harm. */
const MAX_SIDE = 6_000;

const TOO_LARGE = { es: 'Máximo 2 MB.', en: 'At most 2 MB.' };
const TOO_WIDE = {
  es: `Máximo ${MAX_SIDE} píxeles por lado.`,
  en: `At most ${MAX_SIDE} pixels a side.`,
};

/**
 * An uploaded picture, judged by its content and not by its name, without its metadata: where and when it was taken,
 * with what, by whom, previews, and whatever hangs on after its end. The pixels are not touched.
 * @throws AppError PAYLOAD_TOO_LARGE, or InvalidField against `field` for what is no picture of these kinds
 */
export async function cleanImage(
  ctx: Ctx,
  field: string,
  file: Blob,
  kinds: readonly ImageKind[],
): Promise<Image & { kind: ImageKind }> {
  if (file.size > MAX_BYTES) throw new AppError('PAYLOAD_TOO_LARGE', { [field]: [TOO_LARGE[ctx.language]] });
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const kind of kinds) {
    const image = CLEANERS[kind](bytes);
    if (!image) continue;
    if (image.width > MAX_SIDE || image.height > MAX_SIDE) throw new InvalidField(field, TOO_WIDE);
    return { kind, ...image };
  }
  const names = kinds.map((kind) => kind.toUpperCase()).join(', ');
  throw new InvalidField(field, {
    es: `No es una imagen ${names} completa.`,
    en: `Is not a whole ${names} picture.`,
  });
}

/** A stored picture with what its answer needs: `version` is another one for every upload. */
export type StoredImage = { file: Blob; type: string; version: string; name: string };

/** The picture under a key of {@link replaceImage}. @throws AppError NOT_FOUND when there is none */
export async function openImage(ctx: Ctx, key: string | null | undefined): Promise<StoredImage> {
  const file = key ? await ctx.services.files.open(key) : null;
  const [, version, kind] = /([^/]+)\.(\w+)$/.exec(key ?? '') ?? [];
  if (!file || version === undefined) throw notFound();
  return { file, type: IMAGE_TYPES[kind as ImageKind], version, name: `${version}.${kind}` };
}
