const root = element.querySelector('.twice');
import('/own/scripts/second_looks.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This part of the page did not load whole. Please load it again.'; // the studio went away, or the reader did
});
