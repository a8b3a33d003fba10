import { render } from 'preact';
import { App } from './app.js';
import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import './style/lists.css';

const theme = localStorage.getItem('theme');
if (theme) document.documentElement.dataset.theme = theme;
render(<App />, document.getElementById('app') as HTMLElement);
