window.clapper.mount('spot_check', element.querySelector('.spot'));
