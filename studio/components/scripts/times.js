// Times in captions: "0:03", "at 00:12.5", "3.2 s". Each becomes a link that seeks; hovering shows the frame.

import { h, media } from './dom.js';

const CLOCK = /(?<![\d:.])(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d(?:\.\d+)?)(?![\d:])/g;
const SECONDS = /(?<![\d:.])(\d+(?:\.\d+)?)\s?(?:s|secs?|seconds?|秒)(?![\p{L}\d])/gu;

const END_S = 0.05; // "7.5 seconds" of a clip of 7.5 s is its length, no moment of it

// Moments that lie within the clip, in the order of the text: `{ start, end, at_s }`.
export function findTimes(text, duration) {
  const clocks = [...text.matchAll(CLOCK)].map((found) => [found, Number(found[1] || 0) * 3600 + Number(found[2]) * 60 + Number(found[3])]);
  const seconds = [...text.matchAll(SECONDS)].map((found) => [found, Number(found[1])]);
  return [...clocks, ...seconds]
    .filter(([, at]) => at < duration - END_S)
    .map(([found, at]) => ({ start: found.index, end: found.index + found[0].length, at_s: at }))
    .sort((a, b) => a.start - b.start);
}

// The text as nodes, its times as buttons.
export function withTimes(text, clip, seek) {
  const nodes = [];
  let from = 0;
  for (const { start, end, at_s: at } of findTimes(text, clip.end_s - clip.start_s)) {
    nodes.push(text.slice(from, start), link(text.slice(start, end), at, clip, seek));
    from = end;
  }
  return [...nodes, text.slice(from)].filter((node) => node !== '');
}

export function link(label, at, clip, seek) {
  const show = (event) => preview(event.currentTarget, clip, at);
  const hide = (event) => event.currentTarget.querySelector('i')?.remove();
  return h('button', { class: 't', type: 'button', on: { click: () => seek(at), pointerenter: show, focus: show, pointerleave: hide, blur: hide } }, label);
}

// The sampled frame nearest to this moment, above the link.
function preview(anchor, clip, at) {
  anchor.querySelector('i')?.remove();
  const [width, height] = clip.tile;
  if (!clip.times_s.length || !width) return;
  const near = clip.times_s.reduce((best, time, index) => (Math.abs(time - at) < Math.abs(clip.times_s[best] - at) ? index : best), 0);
  const frame = h('i', { class: 'frame', 'data-tile': String(near) });
  const across = clip.times_s.length > 1 ? (100 * near) / (clip.times_s.length - 1) : 0;
  Object.assign(frame.style, {
    aspectRatio: `${width} / ${height}`,
    backgroundImage: `url("${media(clip, 'sheet.jpg')}")`,
    backgroundSize: `${100 * clip.times_s.length}% 100%`,
    backgroundPosition: `${across}% 0`,
  });
  anchor.append(frame);
  const box = anchor.getBoundingClientRect();
  frame.style.left = `${Math.max(4, Math.min(box.left + box.width / 2 - frame.offsetWidth / 2, innerWidth - frame.offsetWidth - 4))}px`;
  frame.style.top = `${box.top > frame.offsetHeight + 60 ? box.top - frame.offsetHeight - 6 : box.bottom + 6}px`;
}
