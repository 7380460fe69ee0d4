// Two people, one clip: shows what was there, what they made of it and what you wanted, and lets you choose.

import { h, media, when } from './dom.js';
import { say } from './say.js';

// Somebody was faster and decided just this: there is nothing to choose.
export const saysTheSame = ({ action, text }, { base, theirs }) =>
  (action === 'accept' || action === 'edit') && theirs.standing.review === 'accepted' && theirs.text === (action === 'edit' ? text : base.text);

export function conflictPanel({ entry, body, clip, because, user, choose }) {
  const { wish } = entry;
  const mine = wishAgain(wish, body);
  const panel = h('div', { class: 'panel conflict', role: 'group', 'aria-label': say('review.conflict.label') },
    h('div', { class: 'row head' }, clip && h('img', { src: media(clip, 'poster.jpg'), alt: '' }), h('b', {}, title(body, wish, user))),
    h('dl', {},
      side(say('review.conflict.before'), body.base.text, ''),
      side(say('review.conflict.theirs'), body.theirs.text, story(body.theirs.standing)),
      side(say('review.conflict.yours'), wish.action === 'edit' ? wish.text : body.base.text, wanted(wish, because))),
    h('div', { class: 'row' },
      h('button', { class: 'theirs', on: { click: () => choose(null) } }, say('review.conflict.keep_theirs')),
      mine && h('button', { class: 'mine', on: { click: () => choose(mine) } }, say('review.conflict.use_mine')),
      h('span', { class: 'faint' }, say('review.conflict.until'))));
  return panel;
}

function title(body, wish, user) {
  const { by } = body.theirs.standing;
  const id = String(body.clip_id);
  if (by === user) return say('review.conflict.elsewhere', { id });
  if (body.theirs.version === wish.version) return say('review.conflict.changed', { id });
  return by ? say('review.conflict.faster', { by, id }) : say('review.conflict.somebody_faster', { id });
}

function wanted({ action }, reason) {
  const words = say(`review.conflict.wanted.${action}`);
  return reason ? say('review.conflict.because', { words, reason }) : words;
}

function side(name, text, about) {
  return [h('dt', {}, name), h('dd', {}, text || say('review.conflict.no_caption'), about && h('span', { class: 'faint' }, about))];
}

function story({ review, reason, by, at }) {
  const said = review === 'waiting' ? say('review.conflict.waits') : say(`common.review.${review}`);
  return [said, reason, by && say('review.conflict.by', { by }), at && when(at)].filter(Boolean).join(' · ');
}

// The same wish about the clip as it is now. Accepting meant the words that were on the screen, so they come along.
function wishAgain(wish, body) {
  const { version, standing, text } = body.theirs;
  if (wish.action === 'undo') return null;
  const again = { ...wish, version, caption_id: standing.caption_id };
  return wish.action === 'accept' && text !== body.base.text ? { ...again, action: 'edit', text: body.base.text } : again;
}
