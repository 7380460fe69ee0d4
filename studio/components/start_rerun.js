const root = element;
import('/own/scripts/rerun.js').then(({ mount }) => mount(root, { props, watch })).catch(() => {
  root.textContent = window.clapper.words['frame.broken'];
});
