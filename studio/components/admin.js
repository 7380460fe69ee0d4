window.clapper.mount('admin', element.querySelector('.admin'));
