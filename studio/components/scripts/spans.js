// Spans of time in words, to the second where it is short.

import { say } from './say.js';

export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return say('common.spans.seconds', { seconds: s });
  if (s < 3600) return say('common.spans.minutes_seconds', { minutes: Math.floor(s / 60), seconds: s % 60 });
  return say('common.spans.hours_minutes', { hours: Math.floor(s / 3600), minutes: Math.floor((s % 3600) / 60) });
}
