import { Connection } from './connection.ts';
import { Model } from './model.ts';
import { ActorsList } from './parts/actors-list.ts';
import { Chosen } from './parts/chosen.ts';
import { MessageChart } from './parts/message-chart.ts';
import { Picture } from './parts/picture.ts';
import { QueueList } from './parts/queue-list.ts';
import { Top } from './parts/top.ts';
import { startTheme } from './theme.ts';

startTheme();
// The Tab key reaches each part that scrolls, so that arrow keys scroll it.
for (const part of document.querySelectorAll<HTMLElement>('section.body')) part.tabIndex = 0;
const model = new Model();
const top = new Top();
const chosen = new Chosen();
const picture = new Picture();
const messageChart = new MessageChart();
const queue = new QueueList();
const actors = new ActorsList((id) => {
  model.chosen = id;
  model.fired = [];
  actors.update(model);
  chosen.update(model);
  picture.update(model);
});

Connection.begin({
  onMessage(message) {
    model.take(message);
    if (message.type === 'full') messageChart.clear();
    top.update(model);
    actors.update(model);
    chosen.update(model);
    picture.update(model);
    messageChart.update(model);
    queue.update(model.queue);
  },
  onLink: (link) => top.link(link, model),
});
