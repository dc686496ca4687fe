import { Elysia } from 'elysia';
import mysql from 'mysql2/promise';
import { connectionOptions } from '../../src/db/client.ts';

/**
 * What the ratios are measured against: bare Elysia and mysql2 answering the one SELECT by primary key that
 * `GET /api/appointments/{id}/` makes, as it comes, without access rules, schemas or formats.
 */
const [url = '', port = '0', select = ''] = process.argv.slice(2);
const pool = mysql.createPool({ ...connectionOptions(url).options, connectionLimit: 10 });

new Elysia()
  .get('/appointments/:id', async ({ params }) => {
    const [rows] = await pool.query<mysql.RowDataPacket[]>(select, [Number(params.id)]);
    return rows[0] ?? {};
  })
  .listen({ port: Number(port), hostname: '127.0.0.1' });
