import('/own/scripts/library.js').then(({ mount }) => mount(element.querySelector('.library')));
