import type { ToPage } from '../messages.ts';
import { Connection } from './connection.ts';
import { byId } from './elements.ts';
import { Model } from './model.ts';
import { ActorsList } from './parts/actors-list.ts';
import { Chosen } from './parts/chosen.ts';
import { FailedList } from './parts/failed-list.ts';
import { MessageChart } from './parts/message-chart.ts';
import { Picture } from './parts/picture.ts';
import { QueueList } from './parts/queue-list.ts';
import { Top } from './parts/top.ts';
import { startTheme } from './theme.ts';
import { latestOf, Slots } from './timeline/slots.ts';
import { Timeline } from './timeline/timeline.ts';

// The Tab key reaches each part that scrolls, so that arrow keys scroll it.
for (const part of document.querySelectorAll<HTMLElement>('section.body')) part.tabIndex = 0;
const model = new Model();
const top = new Top();
const chosen = new Chosen();
const picture = new Picture();
const messageChart = new MessageChart();
const queue = new QueueList();
const failed = new FailedList();
const actors = new ActorsList(choose);
const slots = new Slots(choose);
const timeline = new Timeline(model, (slot) => choose(latestOf(model.actors).get(slot)?.id));

/** Shows the selected actor in every part that has one. */
function showChosen(): void {
  actors.update(model);
  slots.update(model.actors, model.chosen);
  chosen.update(model);
  picture.update(model);
}

/** Selects an actor. */
function choose(id: string | undefined): void {
  if (id === undefined) return;
  model.choose(id);
  showChosen();
}

startTheme(() => {
  showChosen();
  timeline.redraw();
});
const search = byId('search') as HTMLInputElement;
search.addEventListener('input', () => {
  model.search = search.value.trim().toLowerCase();
  queue.update(model);
  failed.update(model);
  timeline.redraw();
});

Connection.begin<ToPage>({
  onMessage(message) {
    model.take(message);
    if (message.type === 'full') messageChart.clear();
    top.update(model);
    showChosen();
    messageChart.update(model);
    queue.update(model);
    failed.update(model);
  },
  onLink(link) {
    if (link.type !== 'live') model.history.stop(performance.now());
    top.link(link, model);
  },
});
