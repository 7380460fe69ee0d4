const root = element.querySelector('.spot');
import('/own/scripts/spot_check.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
