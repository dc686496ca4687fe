import { parseConfig } from '../config.ts';
import { serve } from '../main.ts';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  notes:
    'Without DATABASE_URL it runs a private database and queue in STORAGE_DIR, filled with demo data at the first\nstart. The variables it reads are explained in .env.example.',
  run: () => serve(parseConfig(process.env)),
});
