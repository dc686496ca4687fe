import { csvHead, csvLines } from './csv.ts';
import type { Document } from './document.ts';
import type { Format } from './formats.ts';
import { renderOpenDocument } from './open-document.ts';
import { renderPdf } from './pdf.ts';
import { renderWorkbook } from './workbook.ts';

/** The document as a file; CSV has the first table alone. For worker threads: it keeps the thread busy. */
export async function render(document: Document, format: Format): Promise<Uint8Array> {
  switch (format) {
    case 'xlsx':
      return renderWorkbook(document);
    case 'ods':
      return renderOpenDocument(document);
    case 'csv': {
      const [table] = document.tables;
      const { columns = [], rows = [] } = table ?? {};
      return new TextEncoder().encode(csvHead(columns) + csvLines(columns, rows));
    }
    default:
      return renderPdf(document, format);
  }
}
