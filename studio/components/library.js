const root = element.querySelector('.library');
import('/own/scripts/library.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
