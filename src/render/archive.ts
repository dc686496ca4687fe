import { constants, crc32, deflateRawSync } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';

const DEFLATED = 8;
/** A tenth larger than at the usual level, in half the time. */
const LEVEL = 2;

/** Writes the next piece of a file; it ends with the last. */
type Write = (text: string, isLast?: boolean) => void;

/** A ZIP archive whose files are packed piece by piece by the system's zlib; `take` hands over what there is of it. */
export function createArchive() {
  let ready: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    ready.push(bytes);
  });
  return {
    add(filename: string): Write {
      const file: ZipInputFile = { filename, size: 0, crc: 0, compression: DEFLATED };
      zip.add(file);
      return (text, isLast = false) => {
        const bytes = Buffer.from(text);
        file.size += bytes.length;
        file.crc = crc32(bytes, file.crc);
        const finishFlush = isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
        file.ondata?.(null, deflateRawSync(bytes, { level: LEVEL, finishFlush }), isLast);
      };
    },
    end: () => zip.end(),
    take(): Uint8Array[] {
      const taken = ready;
      ready = [];
      return taken;
    },
  };
}
