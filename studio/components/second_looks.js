const root = element.querySelector('.twice');
import('/own/scripts/second_looks.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['spot_check.second.broken']; // the studio went away, or the reader did
});
