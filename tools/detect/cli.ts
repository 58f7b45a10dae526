/** `npm run detect`: a table of normal rows and a table of new ones in, the strange ones among these out. */
import * as tf from '../../lib/tf';
import {help, settingsFrom} from './options';
import {detect} from './run';

async function main(args: string[]): Promise<void> {
  const settings = settingsFrom(args);
  if (settings === undefined) return console.log(help());
  await tf.ready();
  await detect(settings, (line) => console.log(line));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
