// Shows the command that does the same, tells what a run would find, and starts the run that the form describes.

import { copyFrom } from './copying.js';
import { setText } from './dom.js';
import { say } from './say.js';
import { roughly } from './spans.js';
import { Starting } from './starting.js';


export function mount(root, { props, watch, again }) {
  const start = new StartRun(root, props);
  document.addEventListener('clapper:again', ({ detail }) => again(detail));
  watch('value', () => start.draw());
  start.draw();
}

class StartRun {
  constructor(root, props) {
    this.props = props;
    [this.code, this.outlook] = ['code', '.plan'].map((selector) => root.querySelector(selector));
    [this.start, this.plan, this.copy] = ['start', 'plan', 'copy'].map((verb) => root.querySelector(`[data-act=${verb}]`));
    this.starting = new Starting(root.querySelector('.state'));
    this.sending = false;
    this.start.addEventListener('click', () => this.begin());
    this.plan.addEventListener('click', () => this.look());
    this.copy.addEventListener('click', () => this.copyCode());
    this.copy.disabled = false;
    document.addEventListener('input', ({ target }) => target.closest('.form') && this.starting.typed(), true);
  }

  draw() {
    const { command = '', problem = '' } = this.props.value || {};
    this.starting.arrived();
    this.starting.tell(problem, Boolean(problem));
    this.code.textContent = command;
    this.start.disabled = this.plan.disabled = this.sending || Boolean(problem);
    this.outlook.hidden = true;
  }

  async begin() {
    this.sending = this.start.disabled = true;
    this.starting.tell(say('queue.start.starting'));
    const run = await this.starting.send('/api/runs', () => this.asked());
    if (run) this.starting.tell(say('queue.start.queued', { id: String(run.id) }));
    document.dispatchEvent(new CustomEvent('clapper:runs'));
    this.sending = this.start.disabled = false;
  }

  // What a run would find, and about how long it would take; nothing is started.
  async look() {
    this.plan.disabled = true;
    this.starting.tell(say('queue.start.looking'));
    const found = await this.starting.send('/api/runs/plan', () => this.asked());
    if (found) {
      this.starting.tell('');
      this.outlook.textContent = (this.props.value.reading ? importInWords(found) : planInWords(found)).filter(Boolean).join('\n');
      this.outlook.hidden = false;
    }
    this.plan.disabled = false;
  }

  asked() {
    const { inputs, recipe, sets, reading } = this.props.value;
    return { inputs, recipe, sets, reading };
  }

  copyCode() {
    return copyFrom(this.copy, this.code.textContent);
  }
}

function importInWords({ clips, captions, lost, problems, more }) {
  const number = say('common.clips', { count: clips });
  const brought = { clips: more ? say('queue.start.more_than', { clips: number }) : number, captions: say('queue.captions', { count: captions }), lost };
  return [
    say(lost ? 'queue.start.brings_without' : 'queue.start.brings', brought),
    lost === clips && clips && say('queue.start.all_lost'),
    unusable(problems),
  ];
}

function planInWords({ new: fresh, known, problems, film_s: film, guessed, work_s: work, more }) {
  const about = (seconds) => say('common.spans.about', { span: roughly(seconds) });
  const facts = { videos: say('common.videos', { count: fresh }), film: guessed ? about(film) : roughly(film), time: work == null ? say('queue.start.no_pace') : about(work) };
  const reads = more ? say('queue.start.more_to_read', facts) : say('queue.start.to_read', facts);
  return [fresh ? reads : say('queue.start.nothing_new'), known && say('queue.start.known', { count: known }), unusable(problems)];
}

const unusable = (problems) => problems.length && say('queue.start.unusable', { count: problems.length, first: problems[0] });
