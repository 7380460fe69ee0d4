// What else is on the page may move before our own script is here, and is not lost.
const root = element.querySelector('.settings');
const changed = () => trigger('changed');
document.addEventListener('clapper:moved', changed);
import('/own/scripts/settings.js').then(({ mount }) => mount(root, { props, watch, changed })).catch(() => {
  root.textContent = window.clapper.words['frame.broken'];
});
if (props.value?.eager) changed();
