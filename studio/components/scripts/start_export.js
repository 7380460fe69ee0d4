// Shows what an export would come to and its first rows, and begins the export that the form describes.

import { setText, size } from './dom.js';
import { say } from './say.js';
import { roughly } from './spans.js';
import { Starting } from './starting.js';

export function mount(root, { props, watch }) {
  const start = new StartExport(root, props);
  watch('value', () => start.draw());
  start.draw();
}

class StartExport {
  constructor(root, props) {
    this.props = props;
    const names = ['pre', '.rows', '.nothing', '.plan', '[data-act=export]', 'input'];
    [this.rows, this.label, this.nothing, this.plan, this.button, this.name] = names.map((selector) => root.querySelector(selector));
    this.starting = new Starting(root.querySelector('.state'));
    this.sending = false;
    this.name.value ||= `pairs-${today()}`; // somebody may have been faster
    setText(root.querySelector('.below'), say('export.form.below', { folder: props.below }));
    this.button.addEventListener('click', () => this.begin());
  }

  draw() {
    const { rows = '', problem, at, plan, refused } = this.props.value || {};
    this.starting.arrived();
    setText(this.rows, rows);
    this.rows.hidden = this.label.hidden = !rows;
    this.nothing.hidden = Boolean(rows);
    setText(this.nothing, problem || (at ? say('export.start.nothing') : ''));
    this.nothing.classList.toggle('no', Boolean(problem));
    setText(this.plan, planInWords(plan, refused));
    this.plan.classList.toggle('no', Boolean(plan && plan.bytes > plan.free));
    this.button.disabled = this.sending || !rows;
  }

  async begin() {
    this.sending = this.button.disabled = true;
    this.starting.tell(say('export.start.starting'));
    const begun = await this.starting.send('/api/exports', () => this.asked());
    if (begun) this.starting.tell(say('export.start.queued'));
    document.dispatchEvent(new CustomEvent('clapper:exports'));
    this.sending = this.button.disabled = false;
  }

  asked() {
    const { format, which, options, selection, clips } = this.props.value;
    return { format, which, options, selection, clips, name: this.name.value };
  }
}

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

// One line: what it will come to. Where it says so, the first rows would not even leave.
function planInWords(plan, refused) {
  const said = plan && plan.pairs ? [
    say('export.start.holds', { pairs: say('export.pairs', { count: plan.pairs }), videos: say('common.videos', { count: plan.videos }) }),
    say('export.start.takes', { size: size(plan.bytes), time: roughly(plan.seconds) }),
    say('export.start.free', { size: size(plan.free) }),
  ] : [];
  return [...said, ...(refused ? [say('export.start.left_out', { reason: refused })] : [])].join(' · ');
}
