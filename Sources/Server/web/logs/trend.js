// A small picture of how often something was said over time; it is asked for when it comes into sight.

import { get } from '../common/api.js';
import { h, replace, svg } from '../common/dom.js';

const WIDTH = 96;
const HEIGHT = 20;
const waiting = [];
let running = 0;

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    waiting.push(target);
  }
  next();
});

const questions = new WeakMap();

export function trend(query, parameters) {
  const node = h('span', { class: 'trend' });
  questions.set(node, { ...parameters, query });
  observer.observe(node);
  return node;
}

/** Two at a time: the pictures must not hold up what else is asked. */
async function next() {
  while (running < 2 && waiting.length) {
    const node = waiting.shift();
    running += 1;
    get('/logs/histogram', questions.get(node))
      .then(
        (answer) => draw(node, answer.buckets),
        () => {},
      )
      .finally(() => {
        running -= 1;
        next();
      });
  }
}

function draw(node, buckets) {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const step = WIDTH / Math.max(1, buckets.length);
  replace(
    node,
    svg(
      'svg',
      { width: WIDTH, height: HEIGHT, 'aria-hidden': 'true' },
      buckets.map((bucket, index) => {
        const size = bucket.count ? Math.max(1.5, (bucket.count / most) * HEIGHT) : 0;
        return svg('rect', {
          class: 'fill-OTHER',
          x: index * step,
          y: HEIGHT - size,
          width: Math.max(1, step - 0.5),
          height: size,
        });
      }),
    ),
  );
}
