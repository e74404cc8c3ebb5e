// How the options of losses, metrics, optimizers, schedules and initializers become a plain description.
import { isObject } from '../builtins.ts';
import { type OptionChecker, optionChecker } from '../checks/index.ts';
import { inDefinition, wrongResult } from './definition-errors.ts';

/** The options of what has none. */
export type NoOptions = Readonly<Record<never, never>>;

/** The part of a definition that checks options. */
export interface WithSettings<Options, Settings> {
  /**
   * The settings: plain data that can be cloned and saved. `check` takes a table with a check for each option, and
   * returns the checked values. It rejects all other options.
   */
  settings(check: OptionChecker<Options>): Settings;
}

/**
 * The description that a definition makes of these options, frozen.
 * @throws ConvoyError CONVOY_INVALID_OPTION for wrong options, CONVOY_LAYER_FAILED for a wrong definition
 */
export function describe<Options, Settings extends object>(
  definition: WithSettings<Options, Settings> & { readonly type: string },
  options: Options | undefined,
): { readonly type: string; readonly settings: Settings } {
  const { type } = definition;
  return Object.freeze({ type, settings: settingsFrom(type, () => definition.settings(optionChecker(type, options))) });
}

/**
 * The settings that a definition makes, frozen.
 * @throws ConvoyError CONVOY_INVALID_OPTION for wrong options, CONVOY_LAYER_FAILED for a wrong definition
 */
export function settingsFrom<Settings extends object>(type: string, make: () => Settings): Settings {
  const settings = inDefinition(type, () => Object.freeze(make()));
  if (isObject(settings)) return settings;
  throw wrongResult(type, 'settings', settings, 'an object');
}
