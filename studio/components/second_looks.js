window.clapper.mount('second_looks', element.querySelector('.twice'));
