const root = element.querySelector('.review-desk');
import('/own/scripts/desk.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken']; // the studio went away, or the reader did
});
