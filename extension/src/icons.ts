/** The icon of the panel and of everything that opens it. */

import { LabIcon } from '@jupyterlab/ui-components';

import panel from '../style/icons/panel.svg';

export const panelIcon = new LabIcon({ name: 'seldon-nb:panel', svgstr: panel });
