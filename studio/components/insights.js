const root = element.querySelector('.insights');
import('/own/scripts/insights.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
