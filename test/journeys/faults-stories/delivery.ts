import { growing, type Story } from './story.ts'

export const DELIVERY: readonly Story[] = [
  {
    fault: 'queue-without-consumer',
    later: 120,
    troubles: [
      growing('notification'),
      {
        title: /^QueueWithoutConsumer$/,
        status: 'warning',
        says: [/alerts: Nobody reads the queue notification\.events/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'certificate-expiring',
    later: 60,
    troubles: [
      {
        title: /^CertificateExpiresSoon$/,
        status: 'warning',
        says: [/alerts: The certificate bakery-ia-prod-tls-cert ends within a week and was not renewed/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'flux-stuck',
    later: 60,
    troubles: [
      {
        title: /^FluxReconciliationFailing$/,
        status: 'warning',
        says: [/alerts: Flux does not apply bakery-ia/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'alert-storm',
    later: 60,
    troubles: [
      {
        title: /^6 services$/,
        status: 'warning',
        says: [/services: p99 is 2\.\d s; the other 5 likewise/],
        next: 'Show services',
      },
      {
        title: /^ServiceLatencyHigh$/,
        status: 'warning',
        says: [/alerts: The 99th percentile of .* is above 2 s, and 17 others/],
        next: 'Show alerts',
      },
      {
        title: /^DatabaseSlow$/,
        status: 'warning',
        says: [/alerts: A query of .* takes half a second on average, and 13 others/],
        next: 'Show alerts',
      },
    ],
    also: { ask: 'alerts', says: [/ServiceLatencyHigh/, /DatabaseSlow/] },
  },
]
