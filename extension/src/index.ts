/** The labextension of seldon_nb: everything it adds to JupyterLab and Notebook is a plugin of `plugins/`. */
import { plugins } from './plugins';

export default plugins;
