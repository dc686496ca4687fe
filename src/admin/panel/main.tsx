import { render } from 'preact';
import { App } from './app.tsx';
import { language } from './language.ts';
import { leaveQueuesAddress } from './route.ts';

leaveQueuesAddress();
document.documentElement.lang = language;
render(<App />, document.body);
