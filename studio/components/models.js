window.clapper.mount('models', element.querySelector('.models'));
