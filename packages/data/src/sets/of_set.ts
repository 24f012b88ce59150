import type { Preference } from '../feedback';

/** A pair of a known data set. */
export interface SetPreference extends Preference {
  /** `hh-helpful`, `hh-harmless`, `hh`, `shp` or `oasst`. */
  readonly set: string;
  /** False where the chosen response is better than the other, but is not what SFT should imitate. */
  readonly sftTarget?: false;
}
