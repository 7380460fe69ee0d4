// Spans of time in words.

import { say } from './say.js';

// To the second where it is short.
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return say('common.spans.seconds', { seconds: s });
  if (s < 3600) return say('common.spans.minutes_seconds', { minutes: Math.floor(s / 60), seconds: s % 60 });
  return say('common.spans.hours_minutes', { hours: Math.floor(s / 3600), minutes: Math.floor((s % 3600) / 60) });
}

// As exact as an estimate is.
export function roughly(seconds) {
  if (seconds < 90) return say('common.spans.seconds', { seconds: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say('common.spans.minutes', { minutes: Math.round(seconds / 60) });
  return say('common.spans.hours', { hours: (seconds / 3600).toFixed(1) });
}
