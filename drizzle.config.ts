import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'mysql',
  casing: 'snake_case',
  schema: ['./src/modules/**/tables.ts', './src/db/*.ts', './src/live/tables.ts'],
  out: './drizzle',
});
