// What else is on the page may move before our own script is here, and is not lost.
const root = element.querySelector('.settings');
const changed = () => trigger('changed');
document.addEventListener('clapper:moved', changed);
import('/own/scripts/settings.js').then(({ mount }) => mount(root, { props, watch, changed })).catch(() => {
  root.textContent = 'This form did not load whole. Please load the page again.';
});
if (props.value?.eager) changed();
