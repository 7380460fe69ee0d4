// Small helpers. Text from data only ever enters the page through here, as text.

import { language, say } from './say.js';

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'class') node.className = value;
    else if (name === 'on') for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (name in node && typeof value !== 'string') node[name] = value;
    else if (value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const parts = (root) => Object.fromEntries([...root.querySelectorAll('[data-part]')].map((node) => [node.dataset.part, node]));

export class Refusal extends Error {
  constructor(status, body) {
    super(typeof body?.detail === 'string' ? body.detail : say('frame.answered', { status: String(status) }));
    this.status = status;
    this.body = body;
  }
}

// JSON from our own routes. Throws `Refusal` for an answer that is not 2xx, TypeError when there is none.
export async function ask(path, body, options = {}) {
  const sending = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(path, { ...sending, ...options });
  if (reply.status === 401) import('./door.js').then(({ logInAgain }) => logInAgain());
  const answer = await reply.json().catch(() => null);
  if (!reply.ok) throw new Refusal(reply.status, answer);
  return answer;
}

// What went wrong, for people: why the studio refused, or that it does not answer.
export const sentence = (error, unanswered = say('common.unreachable')) => (error instanceof Refusal ? error.message : unanswered);

export const key = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join(''));

export const media = (clip, name) => `/media/${clip.key}/${name}`;
export const caption = (clip) => clip.captions.find((one) => one.id === clip.caption_id) || null;
export const number = (value) => (value == null ? '–' : Number(value.toPrecision(3)).toLocaleString(language, { maximumSignificantDigits: 3 }));
export const whole = (value) => value.toLocaleString(language);
export const fileName = (path) => path.split(/[\\/]/).pop();
export const sourceOf = (clip) => `${fileName(clip.video)} · ${clip.start_s.toFixed(1)}–${clip.end_s.toFixed(1)} s · ${clip.size.join('×')} · ${number(clip.fps)} fps`;
export function size(bytes) {
  const unit = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** unit;
  return `${value.toFixed(unit && value < (unit > 2 ? 100 : 10) ? 1 : 0)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}
export const clock = (seconds) => {
  const tenths = Math.round(seconds * 10);
  return `${String(Math.floor(tenths / 600)).padStart(2, '0')}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
};
export const when = (at) => new Date(at * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
export const writer = (one) => [say(`common.writers.${one.author}`), one.author === 'machine' ? one.model : one.author === 'person' && one.by].filter(Boolean).join(' · ');
export const setText = (node, text) => { if (node.textContent !== text) node.textContent = text; };
export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

// Keys belong to the page only while nobody types, composes, or reads a dialog.
export const busy = (event) =>
  event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null || typing(event.target);
export const typing = (node) => node instanceof Element && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
