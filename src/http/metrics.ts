import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The service's Prometheus metrics (contract, "Outside /api"; seed 1, "Métricas de monitoreo"). */
export type Metrics = ReturnType<typeof createMetrics>;

/** Makes a registry of its own, so that two apps in one process do not count into one. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const memory = new Gauge({
    name: 'memory_usage_bytes',
    help: 'Resident memory of the process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    registry,
    memory,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'HTTP requests by route',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: SECONDS,
      registers,
    }),
    jobs: new Histogram({
      name: 'job_duration_seconds',
      help: 'Attempts of background jobs by outcome',
      labelNames: ['queue', 'job', 'outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    appointmentsCreated: new Counter({
      name: 'appointment_creation_total',
      help: 'Appointments created',
      registers,
    }),
    appointmentCreation: new Histogram({
      name: 'appointment_creation_duration_seconds',
      help: 'Time to create an appointment',
      buckets: SECONDS,
      registers,
    }),
  };
}
