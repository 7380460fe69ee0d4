// The first steps of somebody new: a strip below the navigation, told from what is there, gone for good when it is closed.

import { ask, h, whole } from './dom.js';

const CLOSED = 'clapper:first-steps-closed';
const PAGES = ['/queue', '/review', '/export'];
const STEPS = [['queue', 'Queue'], ['review', 'Review'], ['export', 'Export']];
const PAUSE_MS = 1500;

class FirstSteps {
  constructor() {
    this.said = h('div', { class: 'said', role: 'status' });
    this.strip = h('aside', { class: 'first-steps', 'aria-label': 'First steps', hidden: true });
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
    if (now === this.last || (found.step === 'start' && location.pathname !== '/queue')) return;
    this.last = now;
    this.strip.hidden = false;
    this.strip.classList.toggle('welcome', found.step === 'start');
    this.said.replaceChildren(...said);
    const row = found.step === 'start' ? [this.said, this.choices()] : [progress(found.step), this.said, this.goOn(found), this.close()];
    this.strip.replaceChildren(...row.filter(Boolean));
    if (found.step === 'done') this.strip.scrollIntoView({ block: 'end' }); // Export is pressed far below it on a phone
  }

  choices() {
    const samples = h('button', { class: 'ok', type: 'button', on: { click: () => this.sample(samples) } }, 'Try it with the sample videos');
    return h('div', { class: 'row' }, samples, h('button', { type: 'button', on: { click: ownFolder } }, 'Queue your own folder'));
  }

  async sample(button) {
    button.disabled = true;
    try {
      await ask('/api/runs', { samples: true });
      document.dispatchEvent(new CustomEvent('clapper:runs'));
    } catch (error) {
      this.said.append(h('p', { class: 'no' }, error.status ? error.message : 'The studio does not answer. Is it still running?'));
      button.disabled = false;
    }
  }

  goOn({ step }) {
    if (step === 'done') return h('span', { class: 'row' }, link('/queue', 'Queue your own folder'), link('/models', 'Captions by a model'), link('/library', 'See all clips'));
    return step !== 'queue' && location.pathname !== `/${step}` && link(`/${step}`, step === 'review' ? 'Go to Review' : 'Go to Export');
  }

  close() {
    return h('button', { class: 'quiet small', type: 'button', title: 'Close the first steps', 'aria-label': 'Close the first steps', on: { click: () => { localStorage.setItem(CLOSED, '1'); this.end(); } } }, '✕');
  }

  end() {
    this.closed = true;
    this.strip.remove();
  }
}

const link = (href, text) => h('a', { class: 'go', href }, text);
const say = (...text) => h('p', {}, ...text);

function progress(step) {
  const at = STEPS.findIndex(([name]) => name === step);
  return h('ol', {}, STEPS.map(([name, title], index) => {
    const done = at < 0 || index < at;
    return h('li', { class: done ? 'done' : '', 'aria-current': name === step ? 'step' : null }, h('span', { 'aria-hidden': 'true' }, done ? '✓' : String(index + 1)), h('a', { href: `/${name}` }, title), done && h('span', { class: 'unseen' }, ' done'));
  }));
}

// What is said at each step, as nodes.
const TOLD = {
  start: () => [h('h2', {}, 'From videos to a first training set'), say('Clapper cuts videos into clips, measures them and writes captions. You decide with one key each, and what you accept becomes a training set. With the sample videos this takes about two minutes.')],
  queue: ({ run }) => [say(queued(run))],
  review: ({ decided, wanted, accepted }) => {
    if (decided >= wanted && !accepted) return [say('Accept at least one clip, so that there is something to export.')];
    const left = Math.max(1, wanted - decided);
    return [say(location.pathname === '/review' ? keys(left) : `Clips are ready. Decide ${left === 1 ? 'one' : left}${decided ? ' more' : ''}.`)];
  },
  export: ({ accepted, export: row }) => [say(exporting(accepted, row))],
  done: ({ export: row, holds }) => [say(`Your first training set is written: ${pairs(row.written)} in `, h('code', {}, row.dest), holds.length ? `, ${holds.join(', ')}.` : '.')],
};

const pairs = (number) => `${whole(number)} ${number === 1 ? 'pair' : 'pairs'}`;

function queued({ state, counts, stages }) {
  if (state === 'done' && !counts.kept) return 'The run is done and kept no clip. The Library shows what was dropped, and why.';
  if (state !== 'active') return `The run is ${state}.`;
  const sum = (name) => stages.reduce((total, stage) => total + stage[name], 0);
  if (!sum('done') && !sum('running')) return 'The run waits for a worker.';
  if (!counts.clips) return 'The first videos are being read.';
  return `${counts.clips === 1 ? 'One clip' : `${whole(counts.clips)} clips`} so far, ${whole(counts.kept)} kept. They are captioned now and can be reviewed in a moment.`;
}

function keys(left) {
  const much = left === 1 ? 'one more' : left;
  if (matchMedia('(pointer: coarse)').matches) return `Watch, read, decide ${much} with the buttons below.`;
  return h('span', {}, `Watch, read, decide ${much}: `, ...[['A', 'accepts'], ['E', 'edits'], ['X', 'rejects'], ['S', 'leaves it as unsure']].flatMap(([key, what], index) => [index ? ', ' : '', h('kbd', {}, key), ` ${what}`]), '.');
}

function exporting(accepted, row) {
  if (row?.state === 'failed') return `The export failed: ${row.error}`;
  if (row && row.state !== 'cancelled') return 'The training set is being written.';
  const clips = `${whole(accepted)} accepted ${accepted === 1 ? 'clip' : 'clips'}`;
  return location.pathname === '/export' ? `The form is filled in for ${clips}, with a folder of its own. Press Export.` : `${clips[0].toUpperCase()}${clips.slice(1)} can become your first training set.`;
}

// The form is drawn a moment after this strip.
function ownFolder() {
  const field = document.querySelector('.form textarea');
  if (!field) return setTimeout(ownFolder, 50);
  field.scrollIntoView({ block: 'center' });
  return field.focus();
}

if (PAGES.includes(location.pathname) && !localStorage.getItem(CLOSED)) new FirstSteps().start();
