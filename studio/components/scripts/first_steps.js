// The first steps of somebody new: a strip below the navigation, told from what is there, gone for good when it is closed.

import { ask, h, sentence } from './dom.js';
import { language, pieces, say } from './say.js';

const CLOSED = 'clapper:first-steps-closed';
const PAGES = ['/queue', '/review', '/export'];
const STEPS = ['queue', 'review', 'export'];
const HERE = location.pathname.replace(`-${language}`, ''); // pages of a second language have it behind their path
const PAUSE_MS = 1500;

class FirstSteps {
  constructor() {
    this.said = h('div', { class: 'said', role: 'status' });
    this.strip = h('aside', { class: 'first-steps', 'aria-label': say('first_steps.title'), hidden: true });
    this.last = '';
  }

  start() {
    document.querySelector('nav.frame').after(this.strip);
    for (const name of ['clapper:runs', 'clapper:exports', 'visibilitychange']) document.addEventListener(name, () => this.refresh());
    this.refresh();
  }

  async refresh() {
    clearTimeout(this.timer);
    if (this.closed || document.visibilityState !== 'visible') return;
    const found = await ask('/api/first-steps').catch(() => undefined); // a studio that is away is asked again
    if (found === null) return this.end();
    if (found) this.draw(found);
    if (found?.step !== 'done') this.timer = setTimeout(() => this.refresh(), PAUSE_MS);
  }

  draw(found) {
    const said = TOLD[found.step](found);
    const now = [found.step, ...said.map((node) => node.textContent)].join('\n');
    if (now === this.last || (found.step === 'start' && HERE !== '/queue')) return;
    this.last = now;
    this.strip.hidden = false;
    this.strip.classList.toggle('welcome', found.step === 'start');
    this.said.replaceChildren(...said);
    const row = found.step === 'start' ? [this.said, this.choices()] : [progress(found.step), this.said, this.goOn(found), this.close()];
    this.strip.replaceChildren(...row.filter(Boolean));
    if (found.step === 'done') this.strip.scrollIntoView({ block: 'end' }); // Export is pressed far below it on a phone
  }

  choices() {
    const samples = h('button', { class: 'ok', type: 'button', on: { click: () => this.sample(samples) } }, say('first_steps.try_samples'));
    return h('div', { class: 'row' }, samples, h('button', { type: 'button', on: { click: ownFolder } }, say('first_steps.own_folder')));
  }

  async sample(button) {
    button.disabled = true;
    try {
      await ask('/api/runs', { samples: true });
      document.dispatchEvent(new CustomEvent('clapper:runs'));
    } catch (error) {
      this.said.append(h('p', { class: 'no' }, sentence(error)));
      button.disabled = false;
    }
  }

  goOn({ step }) {
    if (step === 'done') return h('span', { class: 'row' }, link('/queue', say('first_steps.own_folder')), link('/models', say('first_steps.captions')), link('/library', say('first_steps.all_clips')));
    return step !== 'queue' && HERE !== `/${step}` && link(`/${step}`, say(`first_steps.go_to.${step}`));
  }

  close() {
    return h('button', { class: 'quiet small', type: 'button', title: say('first_steps.close'), 'aria-label': say('first_steps.close'), on: { click: () => { localStorage.setItem(CLOSED, '1'); this.end(); } } }, '✕');
  }

  end() {
    this.closed = true;
    this.strip.remove();
  }
}

const link = (href, text) => h('a', { class: 'go', href }, text);
const line = (...text) => h('p', {}, ...text);

function progress(step) {
  const at = STEPS.indexOf(step);
  return h('ol', {}, STEPS.map((name, index) => {
    const done = at < 0 || index < at;
    return h('li', { class: done ? 'done' : '', 'aria-current': name === step ? 'step' : null }, h('span', { 'aria-hidden': 'true' }, done ? '✓' : String(index + 1)), h('a', { href: `/${name}` }, say(`first_steps.steps.${name}`)), done && h('span', { class: 'unseen' }, ` ${say('first_steps.steps.done')}`));
  }));
}

// What is said at each step, as nodes.
const TOLD = {
  start: () => [h('h2', {}, say('first_steps.start.title')), line(say('first_steps.start.what'))],
  queue: ({ run }) => [line(queued(run))],
  review: ({ decided, wanted, accepted }) => {
    if (decided >= wanted && !accepted) return [line(say('first_steps.review.accept_one'))];
    const count = Math.max(1, wanted - decided);
    if (HERE === '/review') return [line(...keys(count))];
    return [line(say(decided ? 'first_steps.review.ready_more' : 'first_steps.review.ready', { count }))];
  },
  export: ({ accepted, export: row }) => [line(exporting(accepted, row))],
  done: ({ export: row, holds }) => [line(...written(row, holds.map(held)))],
};

const held = ({ name, files }) => (files === null ? name : say('first_steps.done.folder', { name, number: files }));

function written({ written: count, dest }, files) {
  const facts = { count, folder: h('code', {}, dest), files: files.join(', ') };
  return pieces(files.length ? 'first_steps.done.holding' : 'first_steps.done.plain', facts);
}

function queued({ state, counts, stages }) {
  if (state === 'done' && !counts.kept) return say('first_steps.queue.none_kept');
  if (state !== 'active') return say(`first_steps.queue.${state}`);
  const sum = (name) => stages.reduce((total, stage) => total + stage[name], 0);
  if (!sum('done') && !sum('running')) return say('first_steps.queue.waits');
  if (!counts.clips) return say('first_steps.queue.reading');
  return say('first_steps.queue.clips', { count: counts.clips, kept: counts.kept });
}

function keys(count) {
  if (matchMedia('(pointer: coarse)').matches) return [say('first_steps.review.buttons', { count })];
  const [a, e, x, s] = [...'AEXS'].map((key) => h('kbd', {}, key));
  return pieces('first_steps.review.keys', { count, a, e, x, s });
}

function exporting(accepted, row) {
  if (row?.state === 'failed') return say('first_steps.export.failed', { error: row.error });
  if (row && row.state !== 'cancelled') return say('first_steps.export.writing');
  return say(HERE === '/export' ? 'first_steps.export.filled_in' : 'first_steps.export.possible', { count: accepted });
}

// The form is drawn a moment after this strip.
function ownFolder() {
  const field = document.querySelector('.form textarea');
  if (!field) return setTimeout(ownFolder, 50);
  field.scrollIntoView({ block: 'center' });
  return field.focus();
}

if (PAGES.includes(HERE) && !localStorage.getItem(CLOSED)) new FirstSteps().start();
