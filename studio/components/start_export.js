// Shows what an export would come to and its first rows, and begins the export that the form describes.
const { say } = window.clapper;
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
  set(nothing, asked.problem || (asked.at ? say('export.start.nothing') : ''));
  nothing.classList.toggle('no', Boolean(asked.problem));
  drawPlan(asked);
  button.disabled = sending || !asked.rows;
}

/** One line: what it will come to. Where it says so, the first rows would not even leave. */
function drawPlan({ plan: known, refused }) {
  const said = known && known.pairs ? [
    say('export.start.holds', { pairs: say('export.pairs', { count: known.pairs }), videos: say('common.videos', { count: known.videos }) }),
    say('export.start.takes', { size: size(known.bytes), time: time(known.seconds) }),
    say('export.start.free', { size: size(known.free) }),
  ] : [];
  if (refused) said.push(say('export.start.left_out', { reason: refused }));
  set(plan, said.join(' · '));
  plan.classList.toggle('no', Boolean(known && known.bytes > known.free));
}

function size(bytes) {
  const unit = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** unit;
  return `${value.toFixed(unit && value < 10 ? 1 : 0)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}

function time(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return say('common.spans.seconds', { seconds: Math.max(1, Math.round(seconds)) });
  if (minutes < 60) return say('common.spans.minutes', { minutes });
  return say('common.spans.hours_minutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

function set(target, text) { if (target.textContent !== text) target.textContent = text; }

function tell(text, bad) {
  set(state, text);
  state.className = 'state ' + (bad ? 'no' : 'soft');
}

async function begin() {
  sending = button.disabled = true;
  tell(say('export.start.starting'), false);
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
    const problem = typeof answer.detail === 'string' ? answer.detail : say('frame.not_taken');
    tell(reply.ok ? say('export.start.queued') : problem, !reply.ok);
    document.dispatchEvent(new CustomEvent('clapper:exports'));
  } catch {
    tell(say('frame.away'), true);
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
set(below, say('export.form.below', { folder: props.below }));
document.addEventListener('clapper:editing', () => (edited = Date.now()));
button.addEventListener('click', begin);
watch('value', draw);
draw();
