const view = new URLSearchParams(location.search).get('view');
if (view !== 'standings') window.clapper.mount('compare_board', element.querySelector('.compare-board'));
