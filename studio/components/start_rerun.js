const root = element;
import('/own/scripts/rerun.js').then(({ mount }) => mount(root, { props, watch })).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.';
});
