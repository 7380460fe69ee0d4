// Everything that is kept about one item of a run, and all that happened to its clip or video, in a dialog.

import { ask, h, sentence } from './dom.js';
import { language, say } from './say.js';
import { span } from './spans.js';

const WRONG = ['failed', 'worker lost', 'dropped'];

export class RunItem {
  constructor(dialog, { failed }) {
    Object.assign(this, { dialog, failed });
  }

  async open(id) {
    try {
      const [item, story] = await Promise.all([ask(`/api/runs/items/${id}`), ask(`/api/runs/items/${id}/story`)]);
      this.dialog.querySelector('dl').replaceChildren(...facts(item));
      this.dialog.querySelector('.story').replaceChildren(...story.map(step));
      this.dialog.showModal();
    } catch (error) {
      this.failed(sentence(error));
    }
  }
}

function facts(item) {
  const told = {
    item: item.label, stage: item.stage, state: say(`queue.item.states.${item.state}`), tried: say('queue.item.times', { count: item.attempts }),
    losses: item.losses, worker: item.worker, queued: at(item.queued_at), ended: at(item.ended_at), waits: at(item.waits_until), kind: item.kind, reason: item.reason,
  };
  return Object.entries(told).filter(([, fact]) => fact).flatMap(([name, fact]) => [h('dt', {}, say(`queue.item.${name}`)), h('dd', {}, String(fact))]);
}

const at = (seconds) => (seconds == null ? '' : new Date(seconds * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' }));

// One thing that happened: what, how it ended, how long it took, when, where and why.
function step({ at: ended, what, how, seconds, worker, times, kind, reason, trace }) {
  const title = ['caption', 'verdict'].includes(what) ? say(`queue.step.${what}`) : what;
  const words = what === 'caption' ? written(how, kind) : endedAs(how, times);
  const took = seconds != null && h('span', { class: 'faint' }, seconds < 10 ? say('common.spans.seconds', { seconds: seconds.toFixed(1) }) : span(seconds));
  return h('li', {},
    h('p', {}, h('b', {}, title), h('span', { class: WRONG.includes(how) ? 'wrong' : '' }, words), took),
    h('p', { class: 'faint' }, [at(ended), worker].filter(Boolean).join(' · ')),
    reason && h('p', {}, reason),
    trace && h('details', {}, h('summary', { class: 'faint' }, say('queue.step.trace')), h('pre', {}, trace)));
}

function written(who, outcome) {
  return outcome && outcome !== 'ok' ? say('queue.step.by_but', { who, outcome: say(`queue.outcomes.${outcome}`) }) : say('queue.step.by', { who });
}

function endedAs(how, times) {
  const said = say(`queue.step.how.${how}`);
  return times > 1 ? say('queue.step.often', { how: said, number: times }) : said;
}
