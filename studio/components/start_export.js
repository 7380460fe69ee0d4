// Shows what an export would come to and its first rows, and begins the export that the form describes.
const rows = element.querySelector('pre');
const label = element.querySelector('.rows');
const nothing = element.querySelector('.nothing');
const button = element.querySelector('[data-act=export]');
const state = element.querySelector('.state');
const name = element.querySelector('input');
const below = element.querySelector('.below');
const plan = element.querySelector('.plan');
let sending = false;
let edited = 0;

function draw() {
  edited = 0;
  const asked = props.value || {};
  set(rows, asked.rows || '');
  rows.hidden = label.hidden = !asked.rows;
  nothing.hidden = Boolean(asked.rows);
  set(nothing, asked.problem || (asked.at ? 'No clip is ready yet: accept some in Review, or choose more of them.' : ''));
  nothing.classList.toggle('no', Boolean(asked.problem));
  drawPlan(asked);
  button.disabled = sending || !asked.rows;
}

/** One line: what it will come to. Where it says so, the first rows would not even leave. */
function drawPlan({ plan: known, refused }) {
  const words = known && known.pairs ? [`${count(known.pairs, 'pair')} from ${count(known.videos, 'video')}`,
    `about ${size(known.bytes)} and ${time(known.seconds)}`, `${size(known.free)} free`] : [];
  if (refused) words.push(`some will be left out: ${refused}`);
  set(plan, words.join(' · '));
  plan.classList.toggle('no', Boolean(known && known.bytes > known.free));
}

function count(number, word) { return `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`; }

function size(bytes) {
  const unit = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** unit;
  return `${value.toFixed(unit && value < 10 ? 1 : 0)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}

function time(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.max(1, Math.round(seconds))} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function set(target, text) { if (target.textContent !== text) target.textContent = text; }

function say(text, bad) {
  set(state, text);
  state.className = 'state ' + (bad ? 'no' : 'soft');
}

async function begin() {
  sending = button.disabled = true;
  say('Starting …', false);
  await settled();
  const { format, which, options, selection, clips } = props.value;
  try {
    const reply = await fetch('/api/exports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ format, which, options, selection, clips, name: name.value }),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    const problem = typeof answer.detail === 'string' ? answer.detail : 'The studio could not take this.';
    say(reply.ok ? 'The export is queued.' : problem, !reply.ok);
    document.dispatchEvent(new CustomEvent('clapper:exports'));
  } catch {
    say('The studio does not answer. Is it still running?', true);
  } finally {
    sending = button.disabled = false;
  }
}

/** What was chosen a moment ago may still be on its way through the form. */
async function settled() {
  while (edited && Date.now() - edited < 3000) await new Promise((done) => setTimeout(done, 20));
}

const now = new Date();
name.value = `pairs-${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
set(below, `Made below ${props.below}`);
document.addEventListener('clapper:editing', () => (edited = Date.now()));
button.addEventListener('click', begin);
watch('value', draw);
draw();
