// The grid of posters: pages follow each other as one scrolls; the contact sheet runs under the pointer.

import { ask, busy, caption, fileName, h, media, number, sentence } from './dom.js';
import { say } from './say.js';

const TONES = { accepted: 'ok', accepted_lot: 'ok', rejected: 'no', skipped: 'maybe', dropped: 'no', unscored: 'maybe' };

const SCREENS = 3;
const ABOUT = 60;

export class Grid {
  // `on`: open(index), loaded(shelf), failed(sentence), chosen(number)
  constructor({ cards, end }, on) {
    this.cards = cards;
    this.end = end;
    this.on = on;
    this.clips = [];
    this.chosen = new Set();
    this.choosing = false;
    this.turn = 0;
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.more(), { rootMargin: '800px' }).observe(end);
    this.near = new IntersectionObserver((seen) => seen.forEach((one) => this.fold(one)), { rootMargin: `${100 * SCREENS}%` });
    cards.addEventListener('click', (event) => this.pick(event));
    cards.addEventListener('pointermove', (event) => scrub(event));
    cards.addEventListener('pointerout', (event) => rest(event));
    cards.addEventListener('keydown', (event) => this.walk(event));
  }

  async load(asked) {
    this.asked = asked;
    this.after = null;
    this.turn += 1;
    this.loading = false;
    await this.fetch(true);
  }

  more() {
    if (this.after != null && !this.loading) this.fetch(false);
  }

  // Whole rows only, so that a folded block leaves no gap.
  get limit() {
    const columns = this.columns;
    return columns * Math.ceil(ABOUT / columns);
  }

  get columns() {
    return getComputedStyle(this.cards).gridTemplateColumns.split(' ').length;
  }

  async fetch(fresh) {
    const turn = this.turn;
    this.loading = true;
    const query = new URLSearchParams([...this.asked.where.map((one) => ['where', one]), ['sort', this.asked.sort], ['limit', String(this.limit)]]);
    if (!fresh) query.set('after', this.after);
    try {
      const shelf = await ask(`/api/library/clips?${query}`);
      if (turn === this.turn) this.add(shelf, fresh);
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
    if (turn === this.turn) this.loading = false;
  }

  add(shelf, fresh) {
    if (fresh) { this.clips = []; this.near.disconnect(); }
    const block = h('div', { class: 'block', 'data-first': String(this.clips.length), 'data-count': String(shelf.clips.length) }, ...shelf.clips.map((clip) => this.card(clip)));
    this.clips.push(...shelf.clips);
    if (fresh) this.cards.replaceChildren(block);
    else if (shelf.clips.length) this.cards.append(block);
    this.near.observe(block);
    this.after = shelf.after;
    this.on.loaded(shelf);
    if (this.after != null && this.end.getBoundingClientRect().top < innerHeight + 800) setTimeout(() => this.more(), 0);
  }

  // Blocks far from what is seen keep their height and nothing else, so that a hundred thousand clips scroll like a hundred.
  fold({ target: block, isIntersecting, boundingClientRect }) {
    const [first, count] = [Number(block.dataset.first), Number(block.dataset.count)];
    if (isIntersecting && !block.firstElementChild && count) {
      block.replaceChildren(...this.clips.slice(first, first + count).map((clip) => this.card(clip)));
      block.style.height = '';
    } else if (!isIntersecting && block.firstElementChild && boundingClientRect.height && !block.contains(document.activeElement)) {
      block.style.height = `${boundingClientRect.height}px`;
      block.replaceChildren();
    }
  }

  fail(error) {
    this.after = null;
    this.on.failed(sentence(error, say('library.cannot_load')));
  }

  card(clip) {
    const made = card(clip);
    if (this.choosing) made.setAttribute('aria-pressed', String(this.chosen.has(clip.id)));
    return made;
  }

  at(index) {
    return this.cards.querySelector(`.card[data-id="${this.clips[index]?.id}"]`);
  }

  // One clip as it is now.
  replace(clip) {
    const index = this.clips.findIndex((one) => one.id === clip.id);
    if (index < 0) return;
    this.at(index)?.replaceWith(this.card(clip));
    this.clips[index] = clip;
  }

  pick(event) {
    const chosen = event.target.closest('.card');
    if (!chosen) return;
    const index = this.clips.findIndex((clip) => String(clip.id) === chosen.dataset.id);
    if (this.choosing || event.ctrlKey || event.metaKey || event.shiftKey) this.mark(index, event.shiftKey);
    else this.on.open(index);
  }

  choose(choosing) {
    this.choosing = choosing;
    if (!choosing) this.chosen.clear();
    this.last = null;
    this.drawChosen();
  }

  mark(index, range) {
    this.choosing = true;
    const from = range && this.last != null ? this.last : index;
    const put = range || !this.chosen.has(this.clips[index].id);
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) put ? this.chosen.add(this.clips[at].id) : this.chosen.delete(this.clips[at].id);
    this.last = index;
    this.drawChosen();
  }

  drawChosen() {
    this.cards.classList.toggle('choosing', this.choosing);
    for (const made of this.cards.querySelectorAll('.card')) {
      if (this.choosing) made.setAttribute('aria-pressed', String(this.chosen.has(Number(made.dataset.id))));
      else made.removeAttribute('aria-pressed');
    }
    this.on.chosen(this.chosen.size);
  }

  walk(event) {
    const here = event.target.closest('.card');
    if (busy(event) || !here) return;
    const index = this.clips.findIndex((clip) => String(clip.id) === here.dataset.id);
    if (event.key === 'x') return this.mark(index, false);
    const columns = this.columns;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!step) return;
    event.preventDefault();
    this.at(index + step)?.focus();
  }
}

function card(clip) {
  const now = caption(clip);
  const words = now ? now.text : clip.verdict === 'kept' ? say('library.no_caption') : fileName(clip.video);
  return h('button', { class: 'card', 'data-id': String(clip.id), title: clip.video },
    h('span', { class: 'picture', 'data-tiles': String(clip.times_s.length), 'data-sheet': media(clip, 'sheet.jpg') },
      h('img', { loading: 'lazy', decoding: 'async', src: media(clip, 'poster.jpg'), alt: '' })),
    h('span', { class: 'about' }, h('span', { class: 'words' }, words), h('span', { class: 'row' }, ...badges(clip), h('span', { class: 'faint' }, `${(clip.end_s - clip.start_s).toFixed(1)} s`))));
}

export function badges(clip) {
  const said = [];
  if (clip.review !== 'waiting') said.push([clip.review === 'rejected' && clip.reject_reason ? say('library.rejected_because', { reason: clip.reject_reason }) : say(`common.review.${clip.review}`), TONES[clip.review]]);
  if (clip.verdict === 'dropped') said.push([clip.reasons[0] || say('common.verdicts.dropped'), 'no']);
  if (clip.verdict === 'unscored') said.push([say('common.verdicts.unscored'), 'maybe']);
  if (clip.verdict == null) said.push([say('common.verdicts.pending'), '']);
  const motion = Object.entries(clip.scores).find(([name, value]) => name === 'motion' && value != null);
  if (!said.length && motion) said.push([`motion ${number(motion[1])}`, '']);
  return said.map(([text, tone]) => h('span', { class: `chip ${tone}` }, text));
}

function scrub(event) {
  const picture = event.target.closest('.picture');
  if (!picture || event.pointerType === 'touch') return;
  const tiles = Number(picture.dataset.tiles);
  if (tiles < 2) return;
  const box = picture.getBoundingClientRect();
  const index = Math.max(0, Math.min(tiles - 1, Math.floor(((event.clientX - box.left) / box.width) * tiles)));
  if (!picture.style.backgroundImage) {
    picture.style.backgroundImage = `url("${picture.dataset.sheet}")`;
    picture.style.backgroundSize = `${tiles * 100}% auto`;
    picture.style.setProperty('--tiles', tiles);
  }
  picture.style.backgroundPosition = `${(100 * index) / (tiles - 1)}% 50%`;
  picture.style.setProperty('--at', index);
  picture.classList.add('scrubbed');
}

function rest(event) {
  const picture = event.target.closest('.picture');
  if (picture && !picture.contains(event.relatedTarget)) picture.classList.remove('scrubbed');
}
