// Two people, one clip: shows what was there, what they made of it and what you wanted, and lets you choose.

import { REVIEWS } from './decisions.js';
import { h, media, when } from './dom.js';

const SAID = { accept: 'accept', reject: 'reject', edit: 'change the caption', skip: 'leave it as unsure', undo: 'take your decision back' };

export function conflictPanel({ entry, body, clip, user, choose }) {
  const { wish } = entry;
  const mine = wishAgain(wish, body);
  const panel = h('div', { class: 'panel conflict', role: 'group', 'aria-label': 'Two decisions on one clip' },
    h('div', { class: 'row head' }, clip && h('img', { src: media(clip, 'poster.jpg'), alt: '' }), h('b', {}, title(body, wish, user))),
    h('dl', {},
      side('Before', body.base.text, ''),
      side('Theirs', body.theirs.text, story(body.theirs.standing)),
      side('Yours', wish.action === 'edit' ? wish.text : body.base.text, `you wanted to ${SAID[wish.action]}${wish.reason ? ` (${wish.reason})` : ''}`)),
    h('div', { class: 'row' },
      h('button', { class: 'theirs', on: { click: () => choose(null) } }, 'Keep theirs'),
      mine && h('button', { class: 'mine', on: { click: () => choose(mine) } }, 'Use mine'),
      h('span', { class: 'faint' }, 'Until you choose, theirs stands and yours is kept here.')));
  return panel;
}

function title(body, wish, user) {
  const { by } = body.theirs.standing;
  if (by === user) return `You decided on clip ${body.clip_id} in another place.`;
  if (body.theirs.version === wish.version) return `The caption of clip ${body.clip_id} has changed meanwhile.`;
  return `${by || 'Somebody'} was faster on clip ${body.clip_id}.`;
}

function side(name, text, about) {
  return [h('dt', {}, name), h('dd', {}, text || '(no caption)', about && h('span', { class: 'faint' }, about))];
}

function story({ review, reason, by, at }) {
  const said = review === 'waiting' ? 'waits for review' : REVIEWS[review];
  return [said, reason, by && `by ${by}`, at && when(at)].filter(Boolean).join(' · ');
}

// The same wish about the clip as it is now. Accepting meant the words that were on the screen, so they come along.
function wishAgain(wish, body) {
  const { version, standing, text } = body.theirs;
  if (wish.action === 'undo') return null;
  const again = { ...wish, version, caption_id: standing.caption_id };
  return wish.action === 'accept' && text !== body.base.text ? { ...again, action: 'edit', text: body.base.text } : again;
}
