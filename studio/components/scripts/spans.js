// Spans of time in words, as exact as an estimate is.

import { say } from './say.js';

export function roughly(seconds) {
  if (seconds < 90) return say('frame.spans.seconds', { seconds: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say('frame.spans.minutes', { minutes: Math.round(seconds / 60) });
  return say('frame.spans.hours', { hours: (seconds / 3600).toFixed(1) });
}
