window.clapper.mount('desk', element.querySelector('.review-desk'));
