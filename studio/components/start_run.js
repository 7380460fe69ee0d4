// Shows the command that does the same, and starts the run that the form describes.
const { roughly, say } = window.clapper;
const code = element.querySelector('code');
const state = element.querySelector('.state');
const start = element.querySelector('[data-act=start]');
const plan = element.querySelector('[data-act=plan]');
const outlook = element.querySelector('.plan');
const copy = element.querySelector('[data-act=copy]');
let sending = false;
let edited = 0;

function draw() {
  edited = 0;
  const { command, problem } = props.value || {};
  code.textContent = command || '';
  start.disabled = plan.disabled = sending || Boolean(problem);
  outlook.hidden = true;
  tell(problem || '', Boolean(problem));
}

function tell(text, bad) {
  state.textContent = text;
  state.className = 'state ' + (bad ? 'no' : 'soft');
}

async function begin() {
  sending = start.disabled = true;
  tell(say('queue.start.starting'), false);
  await settled();
  try {
    const reply = await fetch('/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: asked(),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    tell(reply.ok ? say('queue.start.queued', { id: String(answer.id) }) : sentence(answer), !reply.ok);
    document.dispatchEvent(new CustomEvent('clapper:runs'));
  } catch {
    tell(say('frame.away'), true);
  } finally {
    sending = start.disabled = false;
  }
}

/** What a run would find, and about how long it would take; nothing is started. */
async function look() {
  plan.disabled = true;
  tell(say('queue.start.looking'), false);
  await settled();
  try {
    const reply = await fetch('/api/runs/plan', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: asked(),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    tell(reply.ok ? '' : sentence(answer), !reply.ok);
    if (reply.ok) (props.value.reading ? toldOfImport : told)(answer);
  } catch {
    tell(say('frame.away'), true);
  } finally {
    plan.disabled = false;
  }
}

function asked() {
  const { inputs, recipe, sets, reading } = props.value;
  return JSON.stringify({ inputs, recipe, sets, reading });
}

function toldOfImport({ clips, captions, lost, problems, more }) {
  const number = say('common.clips', { count: clips });
  const brought = { clips: more ? say('queue.start.more_than', { clips: number }) : number, captions: say('queue.captions', { count: captions }), lost };
  foretell([
    say(lost ? 'queue.start.brings_without' : 'queue.start.brings', brought),
    lost === clips && clips && say('queue.start.all_lost'),
    unusable(problems),
  ]);
}

function told({ new: fresh, known, problems, film_s: film, guessed, work_s: work, more }) {
  const about = (s) => say('common.spans.about', { span: roughly(s) });
  const facts = { videos: say('common.videos', { count: fresh }), film: guessed ? about(film) : roughly(film), time: work == null ? say('queue.start.no_pace') : about(work) };
  const reads = more ? say('queue.start.more_to_read', facts) : say('queue.start.to_read', facts);
  foretell([fresh ? reads : say('queue.start.nothing_new'), known && say('queue.start.known', { count: known }), unusable(problems)]);
}

function foretell(lines) {
  outlook.textContent = lines.filter(Boolean).join('\n');
  outlook.hidden = false;
}

const unusable = (problems) => problems.length && say('queue.start.unusable', { count: problems.length, first: problems[0] });

/** What was typed a moment ago may still be on its way through the form. */
async function settled() {
  while (edited && Date.now() - edited < 3000) await new Promise((done) => setTimeout(done, 20));
}

const sentence = (answer) => (typeof answer.detail === 'string' ? answer.detail : say('frame.not_taken'));

start.addEventListener('click', begin);
plan.addEventListener('click', look);
document.addEventListener('clapper:again', (event) => trigger('again', event.detail));
copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(code.textContent);
  copy.textContent = say('common.copied');
  setTimeout(() => (copy.textContent = say('common.copy')), 1500);
});
for (const name of ['clapper:editing', 'input']) {
  document.addEventListener(name, ({ target }) => { if (target === document || target.closest('.form')) edited = Date.now(); }, true);
}
watch('value', draw);
draw();
